"""Editions that are delivered anew: a complete file that lacks much of what its edition had is held.

The share that a source loses of a label or type is no measure for it: beside ten other years a year may lose a fifth.
"""

from pathlib import Path

from graph.ingest.claims import hold_too_many
from graph.ingest.engine import Connection, quoted, scalar
from graph.ingest.landing import Landed
from graph.ingest.view import rows_of
from graph.sources import Mapping


def hold_shrunken(
    connection: Connection, home: Path, mapping: Mapping, before: tuple[Landed, ...], now: tuple[Landed, ...]
) -> None:
    """Raise `ApprovalNeeded` when an edition has by the files ``now`` much less than it had by those ``before``."""
    if mapping.kind != "editions":
        return
    for table in mapping.tables:
        key = ", ".join(quoted(name) for name in table.key)
        for edition in sorted({str(one.edition) for one in before if one.table == table.name}):
            had, has = ([one for one in files if _of(one, table.name, edition)] for files in (before, now))
            if had == has:
                continue
            old, new = (f"(SELECT {key} FROM ({rows_of(mapping, table, home, files)}))" for files in (had, has))
            rows = int(scalar(connection, f"SELECT count(*) FROM {old}"))
            lost = int(scalar(connection, f"SELECT count(*) FROM (FROM {old} EXCEPT FROM {new})"))
            hold_too_many(lost, rows, f"{table.name} of the edition {edition}")


def _of(one: Landed, table: str, edition: str) -> bool:
    return (one.table, one.edition) == (table, edition)
