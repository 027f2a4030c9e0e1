"""Feed `formulary`: Part D public use files, one folder per edition."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np

from graph.world.arrays import Integers
from graph.world.places import STATES
from graph.world.products import PRODUCTS
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery

PLAN_COLUMNS = (
    "CONTRACT_ID|PLAN_ID|SEGMENT_ID|CONTRACT_NAME|PLAN_NAME|FORMULARY_ID|PREMIUM|DEDUCTIBLE|"
    "MA_REGION_CODE|PDP_REGION_CODE|STATE|COUNTY_CODE|SNP|PLAN_SUPPRESSED_YN"
)
DRUG_COLUMNS = (
    "FORMULARY_ID|FORMULARY_VERSION|CONTRACT_YEAR|RXCUI|NDC|TIER_LEVEL_VALUE|QUANTITY_LIMIT_YN|"
    "QUANTITY_LIMIT_AMOUNT|QUANTITY_LIMIT_DAYS|PRIOR_AUTHORIZATION_YN|STEP_THERAPY_YN"
)
OTHER_DRUGS = 220
"""Drugs besides the three products; each formulary lists about 90 % of them."""
COUNTIES = 4
ZIPPED = 1
"""Number of the edition that comes as a zip file of zip files."""


def write_edition(world: World, delivery: Delivery, edition: int) -> None:
    """Both files of one edition: in a folder, or as CMS publishes them, a zip file of zip files."""
    when = world.clock.date_of(world.clock.editions[edition])
    month, selected = when.strftime("%YM%m"), when.year >= 2026
    plans = (f"plan information  PPUF_{month}", "latin-1", [PLAN_COLUMNS, *_plans(world)])
    # The column that 2026 added comes from then on.
    drugs = (
        f"basic drugs formulary file  PPUF_{month}",
        "utf-8",
        [
            DRUG_COLUMNS + ("|SELECTED_DRUG_YN" if selected else ""),
            *(line + ("|N" if selected else "") for line in _drugs(world, edition, when.year)),
        ],
    )
    if edition == ZIPPED:
        outer = {f"{name}.zip": _zipped(_members(name, encoding, lines)) for name, encoding, lines in (plans, drugs)}
        delivery.add_bytes("formulary", f"{when:%Y}_{when:%Y%m%d}.zip", _zipped(outer), complete=True)
        return
    for name, encoding, lines in (plans, drugs):
        delivery.add("formulary", f"{when:%Y%m%d}/{name}.txt", lines, header=True, complete=True, encoding=encoding)


def _members(name: str, encoding: str, lines: list[str]) -> dict[str, bytes]:
    """The file and its sample twin, which holds the first rows once more."""
    return {
        f"{name}.txt": ("\n".join(lines) + "\n").encode(encoding),
        f"{name} sample.txt": ("\n".join(lines[:4]) + "\n").encode(encoding),
    }


def _zipped(members: dict[str, bytes]) -> bytes:
    """A zip file that is the same whenever it is made."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)
    return buffer.getvalue()


def _plans(world: World) -> Iterator[str]:
    random = stream(world.settings.seed, "plan information")
    payers = world.payers
    for plan, plan_id in enumerate(payers.plan_id):
        contract, number, segment = plan_id.split("-")
        state = STATES[payers.plan_region[plan]]
        local = contract.startswith("H")
        premium, deductible = random.uniform(0, 95), int(random.choice([0, 250, 590]))
        # One name carries a letter outside ASCII: the file is latin-1, and loaders must see it.
        name = payers.plan_name[plan] + (" Vitalité" if plan == 0 else "")
        for county in range(COUNTIES if local else 1):
            region = ["", state.pdp_region, "", ""]
            if local:
                region = ["", "", state.code, f"{36000 + plan * 10 + county}"]
            yield "|".join(
                [
                    contract,
                    number,
                    segment,
                    payers.name[payers.plan_payer[plan]],
                    name,
                    payers.formulary_id[payers.plan_formulary[plan]],
                    f"{premium:.2f}",
                    f"{deductible}.00",
                    *region,
                    "0",
                    "N",
                ]
            )


def _drugs(world: World, edition: int, year: int) -> Iterator[str]:
    """Rows of all formularies; drugs besides the products follow the public marginals."""
    policies, payers = world.policies, world.payers
    version = str(edition + 1)
    for formulary, formulary_id in enumerate(payers.formulary_id):
        random = stream(world.settings.seed, f"other drugs {formulary}")
        head = f"{formulary_id}|{version}|{year}|"
        for product, one in enumerate(PRODUCTS):
            at = (edition, formulary, product)
            if policies.covered[at]:
                yield head + _drug(
                    one.rxcui,
                    one.ndc11s[0],
                    int(policies.tier[at]),
                    limit=bool(policies.quantity_limit[at]),
                    authorization=bool(policies.prior_authorization[at]),
                    step=bool(policies.step[at]),
                )
        draw = random.random((OTHER_DRUGS, 4))
        tier: Integers = random.choice(np.arange(1, 6), OTHER_DRUGS, p=(0.3, 0.25, 0.2, 0.15, 0.1))
        for drug in range(OTHER_DRUGS):
            if draw[drug, 0] < 0.9:
                yield head + _drug(
                    f"{9910000 + drug}",
                    f"9991{drug:04d}101",
                    int(tier[drug]),
                    limit=bool(draw[drug, 1] < 0.378),
                    authorization=bool(draw[drug, 2] < 0.272),
                    step=bool(draw[drug, 3] < 0.011),
                )


def _drug(rxcui: str, ndc: str, tier: int, *, limit: bool, authorization: bool, step: bool) -> str:
    amount = "30|30" if limit else "|"
    return f"{rxcui}|{ndc}|{tier}|{_yes(limit)}|{amount}|{_yes(authorization)}|{_yes(step)}"


def _yes(value: bool) -> str:
    return "Y" if value else "N"
