"""Reasons of access friction, in words that name the plan, account or HCP they point at."""

from typing import TYPE_CHECKING

import numpy as np

from gnn.expected import Expected
from gnn.explain.effect import Kind
from gnn.explain.policies import before, change_words
from gnn.features.rates import WINDOW, policy_began
from gnn.levels import account_of
from gnn.prediction import Reason, strongest
from gnn.reasons import counts_words, points, policy_words
from gnn.roll_ups import FEWEST_PRESCRIBERS, FEWEST_STARTS, RollUps
from gnn.told_starts import Counts, ToldStarts
from gnn.view import Booleans, Floats, Integers, View, counted
from graph.schema.therapy import BARRIERS

if TYPE_CHECKING:
    from gnn.score_friction import Rows

OF_A_YEAR = "of the last year"
DIGITS = 3
"""Of shares of roll-ups, a tenth of a point: differences of exact ones would tell of the few between two groups."""


class FrictionWords:
    """What claims of plans, accounts and HCPs show, what policies ask for, and the sentences made of them.

    Starts count for the plans and accounts whose roll-ups may be told: no sentence tells what is withheld there.
    """

    def __init__(self, view: View, cells: Expected, told: RollUps, starts: ToldStarts) -> None:
        self.view, self._told, self._starts = view, told, starts
        self._at = account_of(view)
        self._seen = {"account": starts.accounts(), "hcp": starts.hcps()}
        self._began = policy_began(view)
        self._may_name = counted((view.plans, view.products), (cells.plan[told.plan], cells.product[told.plan])) > 0
        snapshot = view.snapshot
        self._id = {kind: snapshot.column(kind, "id").tolist() for kind in ("plan", "account", "hcp", "policy")}
        self._name = {
            kind: [
                name or other
                for name, other in zip(snapshot.column(kind, "name").tolist(), self._id[kind], strict=True)
            ]
            for kind in ("plan", "account")
        }
        self._name["hcp"] = [f"NPI {npi}" for npi in snapshot.column("hcp", "npi").tolist()]
        self._brand = snapshot.column("product", "brand").tolist()
        self._words: dict[tuple[int, int, int], dict[Kind, str]] = {}

    def of_row(self, rows: "Rows", row: int) -> tuple[Reason, ...]:
        """Reasons of one HCP, product and plan."""
        cells = rows.cells
        hcp, product, plan = int(cells.hcp[row]), int(cells.product[row]), int(cells.plan[row])
        share = {kind: float(values[row]) for kind, values in rows.effect.items()}
        found = [self._plan(plan, product, share[Kind.PLAN]), *self._policies(plan, product, share)]
        account = int(self._at[hcp])
        if account >= 0:
            found.append(self._people("account", "Account", account, share[Kind.ACCOUNT]))
        found.append(self._people("hcp", "HCP", hcp, share[Kind.RECORD], "prescribing"))
        around = share[Kind.SURROUNDINGS]
        text = (
            f"starts by those {self._name['hcp'][hcp]} shares patients, territory or specialty with: {points(around)}"
        )
        classes = ("alignment", "network", "prescribing", "therapy")
        found.append(Reason("HCP", self._id["hcp"][hcp], text, around, classes))
        return strongest(found)

    def of_plan(self, rows: "Rows", inside: Integers, plan: int, product: int) -> tuple[Reason, ...]:
        """Reasons of a plan and product: its policy, and what its claims show."""
        mean = dict.fromkeys(rows.effect, 0.0)
        if len(inside):
            mean = {kind: rows.cells.mean(inside, values[inside]) for kind, values in rows.effect.items()}
        return strongest([self._plan(plan, product, mean[Kind.PLAN]), *self._policies(plan, product, mean)])

    def of_group(self, rows: "Rows", inside: Integers, level: str, product: int) -> tuple[Reason, ...]:
        """Reasons of a payer, account, territory or segment: plans, policies and accounts, by what each adds there."""
        cells = rows.cells
        weight = cells.expected[inside] / cells.expected[inside].sum()
        added = {kind: weight * values[inside] for kind, values in rows.effect.items()}
        plan = cells.plan[inside]
        found = []
        for one in np.unique(plan[self._may_name[plan, product]]).tolist():
            there = plan == one
            if _enough(rows, inside[there]):
                found.append(self._plan(one, product, _sum(added[Kind.PLAN], there)))
        policy = self.view.policy[plan, product]
        for one in np.unique(policy[policy >= 0]).tolist():
            there = policy == one
            if self._may_name[plan[there], product].all() and _enough(rows, inside[there]):
                plans = np.bincount(plan[there], weight[there])
                share = {kind: _sum(added[kind], there) for kind in (Kind.POLICY, Kind.CHANGE)}
                found += self._policies(int(plans.argmax()), product, share, others=int((plans > 0).sum()) - 1)
        if level in ("account", "territory"):
            at = np.where(self._told.account[inside], self._at[cells.hcp[inside]], -1)
            found += [
                self._people("account", "Account", one, _sum(added[Kind.ACCOUNT], at == one))
                for one in np.unique(at[at >= 0]).tolist()
            ]
        return strongest(found)

    def _plan(self, plan: int, product: int, share: float) -> Reason:
        """What claims show of the plan."""
        counts, number = self._starts.plans, plan * self.view.products + product
        period = "since its policy began" if self._began[plan, product] > self.view.day - WINDOW else OF_A_YEAR
        # Without what claims show, the plan is taken for the average one.
        beside = f"of all plans and products {self._starts.rates.overall:.0%}"
        text = f"{self._brand[product]} under {self._name['plan'][plan]}: {_words(counts, number, period, beside)}"
        classes = ("coverage", "therapy")
        return Reason("Plan", self._id["plan"][plan], f"{text}: {points(share)}", share, classes)

    def _policies(self, plan: int, product: int, share: dict[Kind, float], others: int = 0) -> list[Reason]:
        """What the policy of a plan, and of ``others`` with it, asks for, and what that changed last."""
        row = int(self.view.policy[plan, product])
        if row < 0:
            return []
        key = (plan, product, others)
        if key not in self._words:
            more = f" (with {others} more plan{'s' * (others > 1)})" if others else ""
            name, brand = self._name["plan"][plan] + more, self._brand[product]
            self._words[key] = {Kind.POLICY: policy_words(self.view.snapshot, row, name, brand)}
            if before(self.view, row):
                self._words[key][Kind.CHANGE] = change_words(self.view, row, name, brand)
        node = self._id["policy"][row]
        return [
            Reason("CoveragePolicy", node, f"{text}: {points(share[kind])}", share[kind], ("coverage",))
            for kind, text in self._words[key].items()
        ]

    def _people(self, kind: str, label: str, number: int, share: float, *more: str) -> Reason:
        """What claims show of an account or HCP, of all products, as the model hears it."""
        counts = self._seen[kind]
        # An account's excess goes with the affiliation; a record goes as a whole, with how long it is.
        where, beside = {
            "account": ("at", f"where their plans lead to expect {counts.expected[number]:.0%}"),
            "hcp": ("by", "beside an HCP of whom no start is known"),
        }[kind]
        text = f"all products {where} {self._name[kind][number]}: {_words(counts, number, OF_A_YEAR, beside)}"
        classes = (*more, "coverage", "therapy")
        return Reason(label, self._id[kind][number], f"{text}: {points(share)}", share, classes)


def _words(counts: Counts, number: int, period: str, beside: str) -> str:
    lost = counts.lost[number]
    if not counts.tellable[number]:
        return f"mature starts {period} are not counted here, it would tell of few others"
    return counts_words(int(lost.sum()), int(counts.starts[number]), BARRIERS[int(lost.argmax())], period, beside)


def _enough(rows: "Rows", inside: Integers) -> bool:
    """Whether a share may be told of these rows of a product and group: it says how much is written there."""
    prescribers = len(np.unique(rows.cells.hcp[inside[rows.cells.known[inside] > 0]]))
    return prescribers >= FEWEST_PRESCRIBERS and int(rows.mature[inside].sum()) >= FEWEST_STARTS


def _sum(added: Floats, there: Booleans) -> float:
    return round(float(added[there].sum()), DIGITS)
