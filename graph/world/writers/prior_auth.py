"""Feed `prior_auth`: requests and their decisions; what was pended comes again once it is decided."""

from collections.abc import Iterator

import numpy as np

from graph.world.authorizations import CHANNELS, DECISIONS, PAS, PENDED, REASONS, Authorizations
from graph.world.journeys import NONE
from graph.world.products import PRODUCTS
from graph.world.world import World
from graph.world.writers.claims import claim_id
from graph.world.writers.delivery import Delivery

COLUMNS = "pa_id,claim_id,npi,plan,ndc_code,submitted_at,decided_at,decision,reason_code,channel,attempt,appeal_level"
LATE_FILE = 5
"""Number of the weekly delivery whose file comes with the next one."""
KNOWN_AFTER = 1
"""Days from an event to the feed."""


def write_prior_auth(world: World, delivery: Delivery, before: int, day: int, *, dated: str) -> None:
    """Requests made or decided in a window of days, as they stood at its end; `dated` names the file."""
    lines = (_line(world, world.authorizations, one, day) for one in news(world.authorizations, before, day, pas=False))
    delivery.add("prior_auth", f"prior_auth_{dated}.csv", _headed(lines), header=True, complete=False)


def news(requests: Authorizations, before: int, day: int, *, pas: bool) -> list[int]:
    """Requests with something new in a window of days; those through PAS or all others."""
    made, decided = requests.submitted + KNOWN_AFTER, requests.decided + KNOWN_AFTER
    fresh = ((made > before) & (made <= day)) | (
        (requests.decided != NONE) & (made <= day) & (decided > before) & (decided <= day)
    )
    return [int(one) for one in np.flatnonzero(fresh & ((requests.channel == PAS) == pas))]


def state(requests: Authorizations, one: int, day: int) -> tuple[int, int]:
    """Decision and its day, as known on `day`: pended until the feed knows better."""
    decided = int(requests.decided[one])
    if decided == NONE or decided + KNOWN_AFTER > day:
        return PENDED, NONE
    return int(requests.decision[one]), decided


def _line(world: World, requests: Authorizations, one: int, day: int) -> str:
    start = int(requests.start[one])
    decision, decided = state(requests, one, day)
    reason = int(requests.reason[one])
    product = PRODUCTS[world.starts.product[start]]
    return (
        f"{requests.id_of(one)},{claim_id(start, 0)},{world.hcps.npi[world.starts.hcp[start]]},"
        f"{world.payers.plan_id[world.starts.plan[start]]},{product.ndc11s[0]},"
        f"{world.clock.iso(requests.submitted[one])},{'' if decided == NONE else world.clock.iso(decided)},"
        f"{DECISIONS[decision]},{REASONS[reason] if reason != NONE and decision != PENDED else ''},"
        f"{CHANNELS[requests.channel[one]]},{requests.attempt[one]},{requests.appeal[one]}"
    )


def _headed(lines: Iterator[str]) -> Iterator[str]:
    yield COLUMNS
    yield from lines
