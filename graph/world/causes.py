"""What was planted with a date: causes that a twin should find, and the delivery in which each becomes visible."""

from collections.abc import Iterator

from graph.world.field import VACANCY, first_user
from graph.world.products import OWN, PRODUCTS
from graph.world.world import World
from graph.world.writers.affiliations import ACCOUNTS_MOVE, new_accounts
from graph.world.writers.claims import CORRECTION, claim_id
from graph.world.writers.prior_auth import LATE_FILE

Cause = dict[str, str | list[str]]


def planted_causes(world: World) -> list[Cause]:
    """All of them, ordered by the delivery that shows them; a kind is what happened, not what a file calls it."""
    found = [*_policies(world), *_people(world), *_territories(world), *_data(world)]
    return sorted(found, key=lambda one: (str(one["visible"]), str(one["kind"]), str(one)))


def _visible(world: World, day: int) -> str:
    """Date of the first delivery on or after a day."""
    return world.clock.iso(next(one for one in (*world.clock.deliveries, day) if one >= day))


def _policies(world: World) -> Iterator[Cause]:
    payers, clock = world.payers, world.clock
    names = {
        "PA_ADDED": "plan adds prior authorization",
        "STEP_ADDED": "plan adds step therapy",
        "STEP_REMOVED": "plan drops step therapy",
    }
    for one in world.policies.changes:
        day = clock.editions[one.edition]
        plans = [
            plan
            for plan, formulary in zip(payers.plan_id, payers.plan_formulary, strict=True)
            if formulary == one.formulary
        ]
        yield {
            "kind": names[one.change],
            "on": clock.iso(day),
            "visible": _visible(world, day),
            "feeds": ["formulary"],
            "formulary_id": payers.formulary_id[one.formulary],
            "plans": plans,
            "product_id": PRODUCTS[OWN].product_id,
        }


def _people(world: World) -> Iterator[Cause]:
    """HCPs who work elsewhere: within their territory, or in another one, which three feeds show."""
    clock, field = world.clock, world.field
    for hcp, account in new_accounts(world).items():
        far = hcp in field.relocated
        yield {
            "kind": "doctor moves" if far else "doctor changes account",
            "on": clock.iso(clock.delivery(ACCOUNTS_MOVE) - 6),
            "visible": clock.iso(clock.delivery(ACCOUNTS_MOVE)),
            "feeds": ["nppes", "facility_affiliation", *(["alignment"] if far else [])],
            "npi": world.hcps.npi[hcp],
            "from": world.accounts.ccn[world.hcps.account[hcp]],
            "to": world.accounts.ccn[account],
        }


def _territories(world: World) -> Iterator[Cause]:
    clock, field, ids = world.clock, world.field, world.territories.ids
    for move in field.moves:
        if move.hcp not in field.relocated:
            yield {
                "kind": "alignment moves an HCP",
                "on": clock.iso(move.day),
                "visible": _visible(world, move.day),
                "feeds": ["alignment"],
                "npi": world.hcps.npi[move.hcp],
                "from": ids[world.hcps.territory[move.hcp]],
                "to": ids[move.to],
            }
    for one in field.departures:
        yield {
            "kind": "rep leaves",
            "on": clock.iso(one.day),
            "visible": _visible(world, one.day),
            "feeds": ["alignment", "crm"],
            "user_id": first_user(one.territory),
            "territory_id": ids[one.territory],
            "successor": one.successor,
            "successor_from": clock.iso(one.day + VACANCY),
        }


def _data(world: World) -> Iterator[Cause]:
    """Nothing happened in the world: a file came late, or said something else than before."""
    clock = world.clock
    if clock.weekly > LATE_FILE:
        yield {
            "kind": "late file",
            "on": clock.iso(clock.deliveries[LATE_FILE]),
            "visible": clock.iso(clock.deliveries[LATE_FILE + 1]),
            "feeds": ["prior_auth"],
        }
    yield {
        "kind": "correction",
        "on": clock.iso(clock.delivery(CORRECTION)),
        "visible": clock.iso(clock.delivery(CORRECTION)),
        "feeds": ["rx_claims"],
        "claims": [claim_id(one, 0) for one in world.corrections.tolist()],
        "columns": ["patient_pay", "plan_pay"],
    }
