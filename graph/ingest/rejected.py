"""Records that only Neo4j refuses: left out of the landed rows from then on, and listed in quarantine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from graph.ingest.engine import Connection, copy, literal, scan
from graph.ingest.landing import Landed
from graph.ingest.poison import Rejected
from graph.ingest.state import State
from graph.settings import Settings
from graph.sources import Mapping

REASON = "is refused by Neo4j"


def drop_rejected(connection: Connection, settings: Settings, state: State) -> None:
    """Point the files of ``state`` that have rejected records at copies without them; the landed files stay."""
    if state.rejected:
        state.files = [_without(connection, settings, one, _lines(state, one)) for one in state.files]


def stamped(rejected: Iterable[Rejected], state: State) -> list[dict[str, Any]]:
    """The entries of `State.rejected`, with the content that each is about: a file that was corrected is not."""
    return [
        one.to_json() | {"files": [file.sha256 for file in state.of(one.source) if _names(one.record, file)]}
        for one in rejected
    ]


def _names(record: str, file: Landed) -> bool:
    return record.rpartition(":")[0] == file.record_file


def _lines(state: State, file: Landed) -> list[int]:
    mine = (one for one in state.rejected if one["source"] == file.source and _names(one["record"], file))
    return sorted({int(one["record"].rpartition(":")[2]) for one in mine if file.sha256 in one["files"]})


def _without(connection: Connection, settings: Settings, one: Landed, lines: list[int]) -> Landed:
    if not lines:
        return one
    mark = hashlib.sha256(repr(lines).encode()).hexdigest()[:8]
    # At the end alone: a retry may have added rows to a file that was left like this.
    stem = re.sub(r"\.without-[0-9a-f]{8}$", "", one.parquet.removesuffix(".parquet"))
    path = settings.home / f"{stem}.without-{mark}.parquet"
    if not path.exists():
        listed = ", ".join(map(str, lines))
        copy(connection, f"SELECT * FROM {scan([settings.home / one.parquet])} WHERE _line NOT IN ({listed})", path)
    return replace(one, parquet=path.relative_to(settings.home).as_posix())


def note_rejected(connection: Connection, mapping: Mapping, state: State) -> None:
    """Add the rejected records of a source to `aside`."""
    for file, line in {(one.record_file, line) for one in state.of(mapping.name) for line in _lines(state, one)}:
        connection.execute(
            f"INSERT INTO aside SELECT {literal(mapping.name)}, NULL, DATE {literal(file[:10])}, {literal(file)}, "
            f"{line}, NULL, {literal(REASON)}, NULL"
        )
