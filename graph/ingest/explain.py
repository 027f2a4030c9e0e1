"""One quarantined row explained: where it stands, what its contract asks, what to do, the original if it is kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import NotFound
from graph.ingest.engine import Connection
from graph.ingest.originals import KEPT_DAYS, sealed_beside, unseal
from graph.ingest.quarantine import quarantined
from graph.ingest.state import State
from graph.settings import Settings
from graph.sources import Column, Mapping

_RECORD = re.compile(r"(.+):(\d+)")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known about one row that was put aside; ``original`` is personal data."""

    source: str
    table: str
    file: str
    line: int
    column: str | None
    reason: str
    value: str | None
    contract: str | None
    advice: str
    original: dict[str, Any] | None = None


def explain(
    connection: Connection,
    settings: Settings,
    mappings: Iterable[Mapping],
    committed: Path,
    state: State,
    record: str,
    *,
    original: bool = False,
) -> list[Explanation]:
    """The reasons why a record such as ``2025-01-01/feed/file.csv:17`` was put aside; raise `NotFound` when it is not.

    ``original`` asks for the row as it was delivered.
    """
    match = _RECORD.fullmatch(record)
    if match is None:
        raise NotFound(f"{record!r} is no record: write it as `twin quarantine` does, such as 2025-01-01/file.csv:17")
    file, line = match[1], int(match[2])
    rows = quarantined(connection, settings.home, committed, state)
    rows = [row for row in rows if (row["file"], row["line"]) == (file, line)]
    if not rows:
        raise NotFound(f"record {record!r} is not in quarantine: `twin quarantine` lists what is")
    columns = {
        (mapping.name, table.name): {column.name: column for column in table.columns}
        for mapping in mappings
        for table in mapping.tables
    }
    found = []
    for row in rows:
        column = columns.get((row["source"], row["table"]), {}).get(row["column"] or "")
        found.append(
            Explanation(
                source=row["source"],
                table=row["table"],
                file=file,
                line=line,
                column=row["column"],
                reason=row["reason"],
                value=row["value"],
                contract=None if column is None else contract_in_words(column),
                advice=_advice(row["reason"], row["source"]),
                original=_original(settings, state, row) if original else None,
            )
        )
    return found


def contract_in_words(column: Column) -> str:
    """What the mapping asks of a column, in one line."""
    names = " or ".join(repr(name) for name in column.names)
    parts = [f"{column.type} ({column.format})" if column.type == "date" else column.type, f"from {names}"]
    parts += ["required"] if column.required else []
    parts += [f"one of {', '.join(column.values)}"] if column.values else []
    parts += [f"at least {column.minimum:g}"] if column.minimum is not None else []
    parts += [f"at most {column.maximum:g}"] if column.maximum is not None else []
    parts += ["personal"] if column.personal else []
    return ", ".join(parts)


def _advice(reason: str, source: str) -> str:
    if reason.startswith("is not known as"):
        return "deliver what it names: it is tried again in every refresh, and by `twin quarantine retry`"
    if reason.startswith("is not one of"):
        return (
            f"is the value new? Then add it to `values` in graph/sources/{source}.toml and run "
            "`twin quarantine retry`; otherwise correct it at the source: the next delivery takes it in"
        )
    return (
        f"correct it at the source: the next delivery takes it in; or mend graph/sources/{source}.toml and run "
        "`twin quarantine retry`"
    )


def _original(settings: Settings, state: State, row: dict[str, Any]) -> dict[str, Any]:
    for one in state.of(row["source"]):
        sealed = sealed_beside(settings.home / one.quarantine)
        if one.record_file == row["file"] and one.table == row["table"] and sealed.exists():
            for kept in unseal(settings, sealed):
                if kept.line == row["line"]:
                    return kept.shown()
    raise NotFound(
        f"the original of {row['file']}:{row['line']} is not kept: originals of rows that break a contract are, "
        f"for {KEPT_DAYS} days"
    )
