"""Feeds of the field force: `alignment` and `pdrp`, with a few changes over time."""

from graph.world.field import VACANCY, first_user
from graph.world.places import STATES
from graph.world.world import World
from graph.world.writers.delivery import Delivery, row


def write_alignment(world: World, delivery: Delivery, day: int) -> None:
    """Territories, reps and who belongs where, as known on `day`, with the past kept."""
    clock, places, field = world.clock, world.territories, world.field
    lines = ["territory_id,name,level,parent_id", "R1,Midwest,region,"]
    lines += [f"D{index + 1},District {one.code},district,R1" for index, one in enumerate(STATES)]
    lines += [
        row([places.ids[index], name, "territory", f"D{places.state[index] + 1}"])
        for index, name in enumerate(places.names)
    ]
    delivery.add("alignment", "territories.csv", lines, header=True, complete=True)

    opening = clock.iso(0)
    left = {one.territory: one for one in field.departures if one.day <= day}
    lines = ["user_id,name,role,territory_id,from,to,calls_per_week"]
    for index, name in enumerate(field.reps):
        gone, target = left.get(index), 30 + index % 4 * 5
        until = "" if gone is None else clock.iso(gone.day - 1)
        lines.append(f"{first_user(index)},{name},rep,{places.ids[index]},{opening},{until},{target}")
        if gone is not None and gone.day + VACANCY <= day:
            begins = clock.iso(gone.day + VACANCY)
            lines.append(f"{gone.successor},{gone.name},rep,{places.ids[index]},{begins},,{target}")
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


def alignment_changed(world: World, before: int, day: int) -> bool:
    """Whether anything of the alignment begins or ends in a window of days."""
    field = world.field
    days = [move.day for move in field.moves]
    days += [when for one in field.departures for when in (one.day, one.day + VACANCY)]
    return any(before < when <= day for when in days)


def write_pdrp(world: World, delivery: Delivery, day: int) -> None:
    """Prescribers who opted out by `day`."""
    lines = ["npi,opt_out_date"]
    lines += [f"{world.hcps.npi[hcp]},{world.clock.iso(when)}" for when, hcp in world.field.opt_outs if when <= day]
    delivery.add("pdrp", "pdrp.csv", lines, header=True, complete=True)
