"""Feeds of the field force: `alignment` and `pdrp`, with a few changes over time."""

from dataclasses import dataclass

from graph.world import names
from graph.world.places import STATES
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery, row

MOVED = 0.02
OPTED_OUT = 0.04


@dataclass(frozen=True, slots=True)
class Move:
    """An HCP goes from one territory to another on a day."""

    day: int
    hcp: int
    to: int


@dataclass(frozen=True, slots=True)
class Field:
    """What the field feeds know; moves and opt-outs are ordered by day."""

    moves: tuple[Move, ...]
    opt_outs: tuple[tuple[int, int], ...]
    """(day, hcp)."""
    reps: tuple[str, ...]
    """Name of the rep of each territory."""
    managers: tuple[str, ...]
    """Name of the manager of each district."""


def make_field(world: World) -> Field:
    """One half of the moves lies in the backfill, a few come in the fourth weekly delivery."""
    random = stream(world.settings.seed, "field")
    clock, count = world.clock, len(world.hcps.npi)
    people = random.permutation(count)
    moving = max(4, round(MOVED * count))
    late = max(2, moving // 8)
    territories = len(world.territories.ids)
    moves = []
    for rank, hcp in enumerate(people[:moving].tolist()):
        weekly = rank < late
        day = clock.deliveries[3] + 3 if weekly else int(random.integers(60, clock.deliveries[0]))
        to = (int(world.hcps.territory[hcp]) + 1 + rank % 2) % territories
        moves.append(Move(day, hcp, to))
    opting = max(4, round(OPTED_OUT * count))
    opt_outs = []
    for rank, hcp in enumerate(people[-opting:].tolist()):
        weekly = rank < max(2, opting // 20)
        day = clock.deliveries[4] + 2 if weekly else int(random.integers(-700, clock.deliveries[0]))
        opt_outs.append((day, hcp))
    person = names.words(random, 2 * (territories + len(STATES)), 2)
    full = [f"{first} {last}" for first, last in zip(person[::2], person[1::2], strict=True)]
    return Field(
        tuple(sorted(moves, key=lambda move: (move.day, move.hcp))),
        tuple(sorted(opt_outs)),
        tuple(full[:territories]),
        tuple(full[territories:]),
    )


def write_alignment(world: World, field: Field, delivery: Delivery, day: int) -> None:
    """Territories, reps and who belongs where, as known on `day`, with the past kept."""
    clock, places = world.clock, world.territories
    lines = ["territory_id,name,level,parent_id", "R1,Midwest,region,"]
    lines += [f"D{index + 1},District {one.code},district,R1" for index, one in enumerate(STATES)]
    lines += [
        row([places.ids[index], name, "territory", f"D{places.state[index] + 1}"])
        for index, name in enumerate(places.names)
    ]
    delivery.add("alignment", "territories.csv", lines, header=True, complete=True)

    lines = ["user_id,name,role,territory_id,from,to,calls_per_week"]
    opening = clock.iso(0)
    lines += [
        f"U{index + 1:04d},{name},rep,{places.ids[index]},{opening},,{30 + index % 4 * 5}"
        for index, name in enumerate(field.reps)
    ]
    lines += [
        f"U9{index + 1:03d},{name},manager,D{index + 1},{opening},,8" for index, name in enumerate(field.managers)
    ]
    delivery.add("alignment", "reps.csv", lines, header=True, complete=True)

    moved = {move.hcp: move for move in field.moves if move.day <= day}
    lines = ["npi,territory_id,from,to"]
    for hcp, npi in enumerate(world.hcps.npi):
        home = places.ids[int(world.hcps.territory[hcp])]
        move = moved.get(hcp)
        ended = "" if move is None else clock.iso(move.day - 1)
        lines.append(f"{npi},{home},{opening},{ended}")
        if move is not None:
            lines.append(f"{npi},{places.ids[move.to]},{clock.iso(move.day)},")
    delivery.add("alignment", "hcp_territories.csv", lines, header=True, complete=True)


def write_pdrp(world: World, field: Field, delivery: Delivery, day: int) -> None:
    """Prescribers who opted out by `day`."""
    lines = ["npi,opt_out_date"]
    lines += [f"{world.hcps.npi[hcp]},{world.clock.iso(when)}" for when, hcp in field.opt_outs if when <= day]
    delivery.add("pdrp", "pdrp.csv", lines, header=True, complete=True)
