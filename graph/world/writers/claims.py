"""Feed `rx_claims`: claim lines with rejections, resubmissions, reversals and late arrival."""

from collections.abc import Iterator

import numpy as np

from graph.world.access import Barrier
from graph.world.arrays import Integers
from graph.world.lines import FILLS_PER_SCRIPT, PAID, REVERSED
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


class ClaimWriter:
    """Holds the columns of all claim lines as text, so that each delivery is a quick cut."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._received = world.lines.received
        self._rows = list(_rows(world))
        self._order = np.lexsort((world.lines.number, world.lines.fill, world.lines.start, world.lines.received))

    def write(self, delivery: Delivery, after: int, until: int) -> int:
        """Write the lines received after day `after` and up to day `until`; gives their number."""
        received = self._received[self._order]
        chosen = self._order[(received > after) & (received <= until)]
        name = f"rx_claims_{delivery.date.replace('-', '')}.csv"
        lines = [",".join(COLUMNS), *(self._rows[index] for index in chosen)]
        delivery.add("rx_claims", name, lines, header=True, complete=False)
        return len(chosen)


def claim_id(start: int, fill: int) -> str:
    """One claim per fill: resubmissions and the reversal are further lines of it."""
    return f"C{start:07d}{fill:03d}"


def reject_codes(seed: int, gate: Integers) -> list[str]:
    """Codes of each line, separated by a bar with the reason first; empty where gate is none."""
    random = stream(seed, "reject codes")
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


def _rows(world: World) -> Iterator[str]:
    lines, starts, patients, payers = world.lines, world.starts, world.patients, world.payers
    start, hcp = lines.start, starts.hcp[lines.start]
    patient, plan, product = starts.patient[start], starts.plan[start], starts.product[start]
    # Dates by table: formatting a quarter of a million of them one by one is slow.
    first = int(min(starts.day.min(), 0))
    until = max(int(lines.received.max()), int(lines.service.max())) + 1
    dates = [world.clock.iso(day) for day in range(first, until)]
    written = _written(world)
    price = np.array([one.price for one in PRODUCTS])[product] * lines.supply / 30
    pay = np.round(np.minimum(world.journeys.out_of_pocket[start] * lines.supply / 30, price), 2)
    codes = reject_codes(world.settings.seed, lines.gate)
    for index, (one, fill, number, kind, service, received, supply, when) in enumerate(
        zip(
            start.tolist(),
            lines.fill.tolist(),
            lines.number.tolist(),
            lines.kind.tolist(),
            lines.service.tolist(),
            lines.received.tolist(),
            lines.supply.tolist(),
            written.tolist(),
            strict=True,
        )
    ):
        person, of_plan = patient[index], plan[index]
        label = patients.label[person]
        money = kind in (PAID, REVERSED)
        yield (
            f"{claim_id(one, fill)},{number},P{label:08d},M{of_plan:02d}{label:08d},"
            f"{payers.name[payers.plan_payer[of_plan]]},{payers.plan_id[of_plan]},"
            f"{world.hcps.npi[hcp[index]]},{world.pharmacies.npi[patients.pharmacy[person]]},"
            f"{dates[when - first]},{dates[service - first]},"
            f"{PRODUCTS[product[index]].ndc11s[supply == 90]},{supply},{supply},"
            f"{FILLS_PER_SCRIPT - 1},{fill % FILLS_PER_SCRIPT},{NAMES[kind]},{codes[index]},"
            + (f"{pay[index]:.2f},{price[index] - pay[index]:.2f}," if money else ",,")
            + dates[received - first]
        )


def _written(world: World) -> Integers:
    """Day each line's prescription was written: a new one after every FILLS_PER_SCRIPT fills."""
    lines = world.lines
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
