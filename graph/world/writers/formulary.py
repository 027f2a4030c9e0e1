"""Feed `formulary`: Part D public use files, one folder per edition."""

from collections.abc import Iterator

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


def write_edition(world: World, delivery: Delivery, edition: int) -> None:
    """Both files of one edition; the formulary column that 2026 added comes from then on."""
    when = world.clock.date_of(world.clock.editions[edition])
    folder, month = when.strftime("%Y%m%d"), when.strftime("%YM%m")
    delivery.add(
        "formulary",
        f"{folder}/plan information  PPUF_{month}.txt",
        [PLAN_COLUMNS, *_plans(world)],
        header=True,
        complete=True,
        encoding="latin-1",
    )
    selected = when.year >= 2026
    delivery.add(
        "formulary",
        f"{folder}/basic drugs formulary file  PPUF_{month}.txt",
        [
            DRUG_COLUMNS + ("|SELECTED_DRUG_YN" if selected else ""),
            *(line + ("|N" if selected else "") for line in _drugs(world, edition, when.year)),
        ],
        header=True,
        complete=True,
    )


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
