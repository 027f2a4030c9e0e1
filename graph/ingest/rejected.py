"""Records that only Neo4j refuses: left out of the landed rows from then on, and listed in quarantine."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from graph.ingest.engine import Connection, copy, literal, scan
from graph.ingest.landing import Landed
from graph.ingest.state import State
from graph.settings import Settings
from graph.sources import Mapping

REASON = "is refused by Neo4j"


def drop_rejected(connection: Connection, settings: Settings, state: State) -> None:
    """Point the files of ``state`` that have rejected records at copies without them; the landed files stay."""
    lines: dict[tuple[str, str], set[int]] = {}
    for one in state.rejected:
        file, _, line = one["record"].rpartition(":")
        lines.setdefault((one["source"], file), set()).add(int(line))
    if lines:
        state.files = [
            _without(connection, settings, one, sorted(lines.get((one.source, one.record_file), ())))
            for one in state.files
        ]


def _without(connection: Connection, settings: Settings, one: Landed, lines: list[int]) -> Landed:
    if not lines:
        return one
    mark = hashlib.sha256(repr(lines).encode()).hexdigest()[:8]
    stem = one.parquet.removesuffix(".parquet").partition(".without-")[0]
    path = settings.home / f"{stem}.without-{mark}.parquet"
    if not path.exists():
        listed = ", ".join(map(str, lines))
        copy(connection, f"SELECT * FROM {scan([settings.home / one.parquet])} WHERE _line NOT IN ({listed})", path)
    return replace(one, parquet=path.relative_to(settings.home).as_posix())


def note_rejected(connection: Connection, mapping: Mapping, state: State) -> None:
    """Add the rejected records of a source to `aside`."""
    for one in state.rejected:
        if one["source"] == mapping.name:
            file, _, line = one["record"].rpartition(":")
            connection.execute(
                f"INSERT INTO aside SELECT {literal(mapping.name)}, NULL, DATE {literal(file[:10])}, {literal(file)}, "
                f"{int(line)}, NULL, {literal(REASON)}, NULL"
            )
