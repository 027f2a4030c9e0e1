"""The deliveries of a world: a backfill, then eight weekly ones with what is new."""

from pathlib import Path

from graph.world.world import World
from graph.world.writers.affiliations import new_accounts, write_affiliations
from graph.world.writers.alignment import alignment_changed, write_alignment, write_pdrp
from graph.world.writers.claims import ClaimCounts, write_claims
from graph.world.writers.crm import CrmWriter
from graph.world.writers.delivery import Delivery
from graph.world.writers.evidence import write_inquiries, write_research, write_scientific
from graph.world.writers.field_notes import NoteWriter
from graph.world.writers.formulary import write_edition
from graph.world.writers.hub import write_hub
from graph.world.writers.nppes import NppesWriter
from graph.world.writers.people import make_people
from graph.world.writers.prior_auth import write_prior_auth
from graph.world.writers.reference import write_nucc, write_products, write_shared_patients

ACCOUNTS_MOVE = 6
"""Number of the weekly delivery in which some HCPs appear at another account."""
OLD_LAYOUT = 3
"""Number of the weekly delivery whose NPPES file has the column name of earlier years."""


def write_deliveries(world: World, folder: Path) -> tuple[list[Delivery], ClaimCounts]:
    """Write every delivery into its dated folder below `folder`, in order of time."""
    clock = world.clock
    people = make_people(world)
    moved = new_accounts(world)
    nppes = NppesWriter(world, people, moved)
    crm, notes = CrmWriter(world, people), NoteWriter(world, people)
    written = [Delivery(folder / clock.iso(day), clock.iso(day)) for day in clock.deliveries]
    counts = write_claims(world, written)
    for number, (day, delivery) in enumerate(zip(clock.deliveries, written, strict=True)):
        before = -1 if number == 0 else clock.deliveries[number - 1]
        if number == 0:
            write_nucc(world, delivery)
            write_products(world, delivery)
            write_shared_patients(world, delivery)
            nppes.write_full(delivery, day)
        else:
            here = moved if number == ACCOUNTS_MOVE else {}
            nppes.write_changes(delivery, day, moved=here, old=number == OLD_LAYOUT)
        if number in (0, ACCOUNTS_MOVE):
            write_affiliations(world, delivery, people, moved if number > 0 else {})
        if number == 0 or alignment_changed(world, before, day):
            write_alignment(world, delivery, day)
        if number == 0 or any(before < when <= day for when, _ in world.field.opt_outs):
            write_pdrp(world, delivery, day)
        for edition, effective in enumerate(clock.editions):
            if before < effective <= day:
                write_edition(world, delivery, edition)
        crm.write(delivery, number, before, day)
        write_prior_auth(world, delivery, before, day, dated=delivery.date.replace("-", ""))
        write_hub(world, delivery, before, day)
        notes.write(delivery, before, day)
        write_inquiries(world, delivery, before, day)
        write_research(world, delivery, before, day)
        write_scientific(world, delivery, before, day)
        delivery.close()
    return written, counts
