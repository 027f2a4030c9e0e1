"""What one source claims, delivery by delivery, computed by its real mapping without a graph."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph.ingest.claims import file_name, write_claims
from graph.ingest.delivery import discover
from graph.ingest.engine import Connection, scan
from graph.ingest.identifiers import open_identifiers
from graph.ingest.landing import Landed, checksum, land
from graph.ingest.quarantine import in_delivery, save_aside
from graph.ingest.scope import Scope, Unfit, scope_of
from graph.ingest.state import State
from graph.ingest.view import open_view
from graph.settings import Settings
from graph.sources import load_mappings


class Claimed:
    """Files go to ``folder/in/DATE``; `take` claims what they say. ``touched`` and ``scope`` tell how it went."""

    approve_deletes = False

    def __init__(self, settings: Settings, connection: Connection, folder: Path, source: str) -> None:
        self.settings, self.connection, self.folder, self.source = settings, connection, folder, source
        (self.mapping,) = [one for one in load_mappings() if one.name == source]
        self.landed: list[Landed] = []
        self.state, self.touched = State(), set[str]()
        open_identifiers(connection, folder)

    def take(self, date: str) -> None:
        """Land and claim the delivery of a day."""
        (delivery,) = discover(self.folder / "in" / date, [self.mapping])
        for found in delivery.files:
            self.landed.append(land(self.connection, self.settings, found, checksum(found), delivery.date))
        self.scope = self._claim(self.folder, date)
        self.state = State(files=list(self.landed), sources={self.source: {"mapping_version": self.mapping.version}})

    def put_aside(self) -> list[tuple[Any, ...]]:
        """Table, file, line, column, reason and value of the rows that are in quarantine for what they name."""
        path = self.folder / "quarantine" / f"{self.source}.parquet"
        columns = '"table", file, line, "column", reason, value'
        return self.connection.execute(f"SELECT {columns} FROM {scan([path])} ORDER BY ALL").fetchall()  # type: ignore[no-any-return]

    def claim_all_anew(self, folder: Path, date: str) -> None:
        """Write to another folder what all that has landed says when nothing is known from before."""
        before, self.state = self.state, State()
        self._claim(folder, date)
        self.state = before

    def rows(self, target: str, folder: Path | None = None) -> list[dict[str, Any]]:
        """The claims about a label or relationship type, in order, dates as ISO texts."""
        at, claim = next((at, one) for at, one in enumerate(self.mapping.claims) if one.target == target)
        path = (folder or self.folder) / "claims" / self.source / file_name(at, claim)
        result = self.connection.execute(f"SELECT * FROM {scan([path])} ORDER BY ALL")
        names = [column[0] for column in result.description]
        return [{name: _iso(value) for name, value in zip(names, row, strict=True)} for row in result.fetchall()]

    def _claim(self, folder: Path, date: str) -> Scope:
        files, home, kept = tuple(self.landed), self.settings.home, folder / "prepared" / self.source
        scope = scope_of(self.connection, home, self.mapping, files, self.state, kept, taught=False)
        self.touched = {value for (value,) in self.connection.execute("FROM touched_partition").fetchall()}
        try:
            view = open_view(self.connection, home, self.mapping, files, scope)
        except Unfit:
            scope = replace(scope, partial=False, anew=True)
            view = open_view(self.connection, home, self.mapping, files, scope)
        write_claims(
            self.connection,
            self.mapping,
            folder / "claims",
            date,
            approve_deletes=self.approve_deletes,
            scope=scope,
        )
        view.close(self.connection)
        save_aside(self.connection, folder, {self.source})
        in_delivery(self.connection, [])
        return scope


def _iso(value: Any) -> Any:
    if isinstance(value, list):
        return [_iso(one) for one in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
