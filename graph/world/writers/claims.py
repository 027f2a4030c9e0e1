"""Feed `rx_claims`: claim lines with rejections, resubmissions, reversals and late arrival."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import numpy as np

from graph.world.access import Barrier
from graph.world.arrays import Integers
from graph.world.lines import FILLS_PER_SCRIPT, PAID, REJECTED, REVERSED, Lines, blocks, make_lines
from graph.world.products import PRODUCTS
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery

COLUMNS = (
    "claim_id",
    "claim_line_number",
    "person_id",
    "member_id",
    "payer",
    "plan",
    "prescribing_provider_npi",
    "dispensing_provider_npi",
    "rx_written_date",
    "dispensing_date",
    "ndc_code",
    "quantity",
    "days_supply",
    "refills",
    "fill_number",
    "transaction_type",
    "reject_codes",
    "patient_pay",
    "plan_pay",
    "received_at",
)
CODES = {
    Barrier.ELIGIBILITY: (("65", 0.4), ("52", 0.3), ("69", 0.2), ("67", 0.1)),
    Barrier.COVERAGE: (("70", 0.55), ("MR", 0.45)),
    Barrier.STEP: (("608", 1.0),),
    Barrier.PA: (("75", 1.0),),
    Barrier.LIMIT: (("76", 0.6), ("7X", 0.15), ("9G", 0.15), ("AG", 0.1)),
}
NOTICE = "569"
"""Medicare notice: comes along with a real reason on some lines, never alone."""
NAMES = ("paid", "rejected", "reversed")
CORRECTION = 7
"""Number of the weekly delivery in which a few payments of the backfill are restated."""
CORRECTED = 0.5
"""What a restated line says the patient paid, as a share of what it said first."""


@dataclass
class ClaimCounts:
    """What was written, for the report and the calibration."""

    delivered: list[int]
    """Lines by delivery."""
    lines: int = 0
    """All lines of the world, also those that arrive after the last delivery."""
    rejected: int = 0
    prompt: int = 0
    """Received within 14 days."""


def write_claims(world: World, deliveries: list[Delivery]) -> ClaimCounts:
    """Write each line into the first delivery after it was received, block by block of starts."""
    clock, counts = world.clock, ClaimCounts([0] * len(deliveries))
    days = np.array(clock.deliveries)
    with ExitStack() as files:
        sinks = [
            files.enter_context(
                one.open("rx_claims", f"rx_claims_{one.date.replace('-', '')}.csv", ",".join(COLUMNS), complete=False)
            )
            for one in deliveries
        ]
        for block in blocks(world.starts):
            lines = make_lines(world.settings, clock, world.patients, world.starts, world.journeys, block)
            counts.lines += len(lines)
            counts.rejected += int((lines.kind == REJECTED).sum())
            counts.prompt += int((lines.received - lines.event <= 14).sum())
            hcp = world.starts.hcp[lines.start]
            seen = (lines.received <= days[-1]) & ~(world.cold.hcps[hcp] & (lines.service < world.cold.since))
            order = np.flatnonzero(seen)
            order = order[
                np.lexsort((lines.number[order], lines.fill[order], lines.start[order], lines.received[order]))
            ]
            where = np.searchsorted(days, lines.received[order])
            for number, text in zip(where.tolist(), _rows(world, lines, order), strict=True):
                sinks[number].write(text)
                counts.delivered[number] += 1
            restated = np.flatnonzero(
                np.isin(lines.start, world.corrections) & (lines.fill == 0) & (lines.kind == PAID)
            )
            for text in _rows(world, lines, restated, factor=CORRECTED):
                sinks[min(CORRECTION, clock.weekly)].write(text)
    return counts


def claim_id(start: int, fill: int) -> str:
    """One claim per fill: resubmissions and the reversal are further lines of it."""
    return f"C{start:07d}{fill:03d}"


def reject_codes(seed: int, lines: Lines) -> list[str]:
    """Codes of each line, separated by a bar with the reason first; empty where nothing rejected it."""
    random, gate = stream(seed, f"reject codes {lines.start[0] if len(lines) else 0}"), lines.gate
    draw, notice = random.random(len(gate)), random.random(len(gate)) < 0.12
    codes = np.full(len(gate), "", dtype=object)
    for barrier, choices in CODES.items():
        edges = np.cumsum([chance for _, chance in choices])[:-1]
        names = np.array([code for code, _ in choices], dtype=object)
        here = gate == barrier
        codes[here] = names[np.searchsorted(edges, draw[here], side="right")]
    both = notice & (gate >= 0)
    codes[both] = codes[both] + f"|{NOTICE}"
    return [str(code) for code in codes]


def _rows(world: World, lines: Lines, order: Integers, factor: float = 1.0) -> Iterator[str]:
    """The lines at the places in `order`; what the patient pays is multiplied by `factor`."""
    starts, patients, payers = world.starts, world.patients, world.payers
    codes = reject_codes(world.settings.seed, lines)
    written = _written(world, lines)
    npis, pharmacies, iso = world.hcps.npi, world.pharmacies.npi, cache(world.clock.iso)
    for part in (order[first : first + 20_000] for first in range(0, len(order), 20_000)):
        start = lines.start[part]
        patient, plan, product = starts.patient[start], starts.plan[start], starts.product[start]
        price = np.array([one.price for one in PRODUCTS])[product] * lines.supply[part] / 30
        pay = np.minimum(world.journeys.out_of_pocket[start] * lines.supply[part] / 30, price)
        pay = np.round(pay * factor, 2)
        for one, at, fill, kind, supply, label, of_plan, of_product, due, rest, hcp, pharmacy, days in zip(
            start.tolist(),
            part.tolist(),
            lines.fill[part].tolist(),
            lines.kind[part].tolist(),
            lines.supply[part].tolist(),
            patients.label[patient].tolist(),
            plan.tolist(),
            product.tolist(),
            pay.tolist(),
            (price - pay).tolist(),
            starts.hcp[start].tolist(),
            patients.pharmacy[patient].tolist(),
            np.stack([written[part], lines.service[part], lines.received[part]], axis=1).tolist(),
            strict=True,
        ):
            yield (
                f"{claim_id(one, fill)},{lines.number[at]},P{label:08d},M{of_plan:02d}{label:08d},"
                f"{payers.name[payers.plan_payer[of_plan]]},{payers.plan_id[of_plan]},"
                f"{npis[hcp]},{pharmacies[pharmacy]},{iso(days[0])},{iso(days[1])},"
                f"{PRODUCTS[of_product].ndc11s[supply == 90]},{supply},{supply},"
                f"{FILLS_PER_SCRIPT - 1},{fill % FILLS_PER_SCRIPT},{NAMES[kind]},{codes[at]},"
                + (f"{due:.2f},{rest:.2f}," if kind in (PAID, REVERSED) else ",,")
                + iso(days[2])
            )


def _written(world: World, lines: Lines) -> Integers:
    """Day each line's prescription was written: a new one after every FILLS_PER_SCRIPT fills."""
    renewed = (lines.fill > 0) & (lines.fill % FILLS_PER_SCRIPT == 0)
    written = world.starts.day[lines.start].copy()
    written[renewed] = lines.service[renewed] - 2
    # Fills of a start are consecutive, so the last renewal before a line is the one in force.
    script = lines.start * 1000 + lines.fill // FILLS_PER_SCRIPT
    opens = np.concatenate([[True], script[1:] != script[:-1]])
    late = lines.fill >= FILLS_PER_SCRIPT
    first_line = np.maximum.accumulate(np.where(opens, np.arange(len(script)), 0))
    # A refill whose renewal lies before the world is written as if renewed on time.
    missing = late & ~renewed[first_line]
    since = (lines.fill % FILLS_PER_SCRIPT) * lines.supply + 2
    return np.where(missing, lines.service - since, np.where(late, written[first_line], written))
