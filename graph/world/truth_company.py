"""The truth of the company's own feeds: who is who in the CRM, what is planted in notes, what is false."""

import json
from collections.abc import Iterable
from pathlib import Path

from graph.world.causes import planted_causes
from graph.world.crm import KINDS
from graph.world.network import make_decoys
from graph.world.world import World
from graph.world.writers.delivery import Sink
from graph.world.writers.field_notes import NoteWriter
from graph.world.writers.people import make_people

CAUSES = "causes.json"


def write_company_truth(world: World, folder: Path) -> None:
    """Write the files of this module into `folder`, which exists."""
    (folder / CAUSES).write_text(json.dumps(planted_causes(world), indent=2) + "\n", encoding="utf-8")
    write_lines(folder / "crm_accounts.csv", _crm_accounts(world))
    write_lines(folder / "note_identifiers.csv", _note_identifiers(world))
    write_lines(folder / "false_records.csv", _false_records(world))


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """A file of lines, written as they come."""
    with path.open("wb") as file:
        sink = Sink(file, "utf-8")
        for line in lines:
            sink.write(line)
        sink.flush()


def _crm_accounts(world: World) -> Iterable[str]:
    """Every record of an HCP in the CRM, and whose it is."""
    crm, npi = world.crm, world.hcps.npi
    yield "crm_id,npi,what,stale"
    for record, (hcp, kind, stale) in enumerate(
        zip(crm.hcp.tolist(), crm.kind.tolist(), crm.stale.tolist(), strict=True)
    ):
        if crm.known[hcp]:
            yield f'{crm.id_of(record)},{npi[hcp]},"{KINDS[kind]}",{"true" if stale else "false"}'


def _note_identifiers(world: World) -> Iterable[str]:
    """Where personal data stands in each note: characters from the first up to, not including, the last."""
    yield "note_id,begins,ends,planted_kind,variant"
    for note, one in NoteWriter(world, make_people(world)).planted():
        yield f"{note},{one.start},{one.end},{one.kind},{one.variant}"


def _false_records(world: World) -> Iterable[str]:
    """Records that are not true: research matched to the wrong HCP, calls never made, ties that mean nothing."""
    yield "feed,false_record,why"
    for one in world.science:
        if one.mistaken:
            yield f"scientific,{one.record_id},matched to the wrong HCP"
    for call, genuine in enumerate(world.promotion.calls.genuine.tolist()):
        if not genuine:
            yield f"crm,a04D{call:011d},call never made"
    decoys, npi = make_decoys(world.settings, world.network), world.hcps.npi
    for source, target in zip(decoys.source.tolist(), decoys.target.tolist(), strict=True):
        yield f"shared_patients,{npi[source]}-{npi[target]},tie that nobody feels"
