"""The deliveries of a world: a backfill, then eight weekly ones with what is new."""

from pathlib import Path

from graph.world.world import World
from graph.world.writers.affiliations import ACCOUNTS_MOVE, new_accounts, write_affiliations
from graph.world.writers.alignment import alignment_changed, write_alignment, write_pdrp
from graph.world.writers.claims import ClaimCounts, write_claims
from graph.world.writers.crm import CrmWriter
from graph.world.writers.delivery import Delivery
from graph.world.writers.evidence import write_inquiries, write_research, write_scientific
from graph.world.writers.fhir_pas import write_fhir_pas
from graph.world.writers.field_notes import NoteWriter
from graph.world.writers.formulary import write_edition
from graph.world.writers.hub import write_hub
from graph.world.writers.nppes import NppesWriter
from graph.world.writers.open_payments import write_open_payments
from graph.world.writers.partd import write_partd
from graph.world.writers.people import make_people
from graph.world.writers.prior_auth import LATE_FILE, write_prior_auth
from graph.world.writers.reference import write_nucc, write_products, write_shared_patients

OLD_LAYOUT = 3
"""Number of the weekly delivery whose NPPES file has the column name of earlier years."""


def write_deliveries(world: World, folder: Path) -> tuple[list[Delivery], ClaimCounts]:
    """Write every delivery into its dated folder below `folder`, in order of time."""
    clock = world.clock
    people = make_people(world)
    moved, moving = new_accounts(world), min(ACCOUNTS_MOVE, clock.weekly)
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
            write_partd(world, delivery, people)
        else:
            here = moved if number == moving else {}
            nppes.write_changes(delivery, day, moved=here, old=number == OLD_LAYOUT)
        if number in (0, moving):
            write_affiliations(world, delivery, people, moved if number > 0 else {})
        if number == 0 or alignment_changed(world, before, day):
            write_alignment(world, delivery, day)
        if number == 0 or any(before < when <= day for when, _ in world.field.opt_outs):
            write_pdrp(world, delivery, day)
        for edition, effective in enumerate(clock.editions):
            if before < effective <= day:
                write_edition(world, delivery, edition)
        crm.write(delivery, number, before, day)
        for due in _authorization_files(number, clock.weekly):
            since = clock.deliveries[due - 1] if due else -1
            write_prior_auth(world, delivery, since, clock.deliveries[due], dated=written[due].date.replace("-", ""))
        write_fhir_pas(world, delivery, before, day)
        write_open_payments(world, delivery, before, day, people)
        write_hub(world, delivery, before, day)
        notes.write(delivery, before, day)
        write_inquiries(world, delivery, before, day)
        write_research(world, delivery, before, day)
        write_scientific(world, delivery, before, day)
        delivery.close()
    return written, counts


def _authorization_files(number: int, weekly: int) -> tuple[int, ...]:
    """The weeks whose prior authorizations a delivery brings: its own, and the late one."""
    if weekly <= LATE_FILE:
        return (number,)
    if number == LATE_FILE:
        return ()
    return (LATE_FILE, number) if number == LATE_FILE + 1 else (number,)
