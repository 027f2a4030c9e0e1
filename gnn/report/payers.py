"""How payers settle under the same rules, and where claims part from what policies say."""

from collections.abc import Collection, Iterator

import numpy as np

from gnn.policy_claims import policy_claims
from gnn.report.html import heading, paragraph, table
from gnn.strictness import strictness
from gnn.view import View
from graph.disclosure.table import SMALLEST

MOST = 20
NORMAL_90 = 1.645


def payers(view: View, withholding: Collection[str]) -> Iterator[str]:
    """Two tables of names of payers and plans; no person is in them."""
    yield heading("Payers under the same rules")
    found = strictness(view)
    told = [payer for payer in np.argsort(-found.logit, kind="stable").tolist() if found.rejects[payer] >= SMALLEST]
    if not told:
        yield paragraph("Too few rejected starts of two years are known to compare payers.")
    else:
        yield paragraph(
            "Starts that were rejected for the same barrier under the same rules in the same half year: how many more "
            "of a payer's stay unpaid for 30 days than if an average payer settled them. The order follows the number "
            "on the scale of prior authorization, which is drawn towards zero where little is known; hidden "
            "differences between prescribers remain in it."
        )
        names = view.snapshot.column("payer", "name")
        yield table(
            "Strictest first; mature rejects of the last two years",
            ("payer", "rejects", "more unpaid, points", "log odds", "90 % interval"),
            [
                (
                    str(names[payer]),
                    int(found.rejects[payer]),
                    f"{100 * found.points[payer]:+.1f}",
                    f"{found.logit[payer]:+.2f}",
                    f"{found.logit[payer] - NORMAL_90 * found.error[payer]:+.2f} to "
                    f"{found.logit[payer] + NORMAL_90 * found.error[payer]:+.2f}",
                )
                for payer in told
            ],
        )
    yield heading("What policies say, what claims show")
    gaps = policy_claims(view, withholding)
    if not gaps:
        yield paragraph("No plan has enough mature starts under its policy to be told.")
        return
    plans, brands = view.snapshot.column("plan", "name"), view.snapshot.column("product", "brand")
    beside = [(one, one.says, one.gap, one.low, one.high) for one in gaps]
    yield table(
        f"Starts not dispensed: the {min(MOST, len(gaps))} surest gaps of {len(gaps)} plans and products",
        ("plan", "product", "policy says", "claims show", "starts", "gap, points", "90 % interval"),
        [
            (
                str(plans[one.plan]),
                str(brands[one.product]),
                *(("none alike",) if says is None else (f"{says:.1%}",)),
                f"{one.shows:.1%}",
                one.starts,
                *(
                    ("", "")
                    if gap is None or low is None or high is None
                    else (f"{100 * gap:+.1f}", f"{100 * low:+.1f} to {100 * high:+.1f}")
                ),
            )
            for one, says, gap, low, high in beside[:MOST]
        ],
    )
    yield paragraph(
        "Policy says: the rate of other plans under policies with the same rules for the product. Claims show: the "
        "plan's own, since its policy began, within a year. First come gaps whose interval is farthest from zero; "
        "where zero lies inside, chance alone may have made the gap."
    )
