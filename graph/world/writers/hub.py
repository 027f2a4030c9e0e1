"""Feed `hub`: support cases, again whenever their status moved."""

from collections.abc import Iterator

import numpy as np

from graph.world.journeys import NONE
from graph.world.products import OWN, PRODUCTS
from graph.world.support import PROGRAMS, REASONS, REVIEW_AFTER, Cases
from graph.world.world import World
from graph.world.writers.delivery import Delivery

COLUMNS = (
    "case_id,person_id,npi,ndc_code,program,referral_date,hub_status,status_date,ship_date,dispense_status,"
    "copay_assistance,discontinue_reason"
)


def write_hub(world: World, delivery: Delivery, before: int, day: int) -> None:
    """Cases that opened, were taken up, shipped or closed in a window of days, as they stood at its end."""
    cases = world.cases
    moved = np.zeros(len(cases), dtype=np.bool_)
    for when in (cases.referred, cases.referred + REVIEW_AFTER, cases.shipped, cases.closed):
        moved |= (when != NONE) & (when > before) & (when <= day)
    moved &= cases.referred <= day

    def lines() -> Iterator[str]:
        yield COLUMNS
        for one in np.flatnonzero(moved).tolist():
            yield _line(world, cases, one, day)

    stamp = delivery.date.replace("-", "")
    delivery.add("hub", f"hub_{stamp}.csv", lines(), header=True, complete=False)


def _line(world: World, cases: Cases, one: int, day: int) -> str:
    start, clock = int(cases.start[one]), world.clock
    shipped, closed = int(cases.shipped[one]), int(cases.closed[one])
    referred = int(cases.referred[one])
    status, since, ship, dispensed, reason = "referred", referred, "", "pending", ""
    if shipped != NONE and shipped <= day:
        status, since, ship, dispensed = "shipped", shipped, clock.iso(shipped), "dispensed"
    elif closed != NONE and closed <= day:
        status, since, dispensed, reason = "closed", closed, "not_dispensed", REASONS[cases.reason[one]]
    elif referred + REVIEW_AFTER <= day:
        status, since = "benefit_investigation", referred + REVIEW_AFTER
    person = world.patients.label[world.starts.patient[start]]
    return (
        f"H{start:07d},P{person:08d},{world.hcps.npi[world.starts.hcp[start]]},{PRODUCTS[OWN].ndc11s[0]},"
        f"{PROGRAMS[cases.program[one]]},{clock.iso(referred)},{status},{clock.iso(since)},{ship},{dispensed},"
        f"{'true' if cases.copay[one] else 'false'},{reason}"
    )
