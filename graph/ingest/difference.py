"""Differences between the folded rows and the committed ones, as steps: a statement and a file of its rows."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.ingest import statements
from graph.ingest.engine import Connection, copy, literal, quoted, scalar, scan, sql_type
from graph.ingest.fold import Target
from graph.ingest.tombstones import bury


@dataclass(frozen=True, slots=True)
class Step:
    """``rows`` rows in a Parquet file, in the order of the statement's ``row[0]``, ``row[1]``, …"""

    text: str
    file: str
    rows: int


class Steps:
    """The steps of a run, written to a folder as they are found."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._connection = connection
        self.folder = folder
        self.listed: list[Step] = []

    def add(self, text: str, select: str) -> int:
        """Add a step unless it has no rows; return how many it has."""
        path = self.folder / f"{len(self.listed):04d}.parquet"
        rows = copy(self._connection, select, path)
        if rows:
            self.listed.append(Step(text, path.name, rows))
        else:
            path.unlink()
        return rows

    def take(self, other: "Steps") -> None:
        """Append the steps of another list, whose folder lies inside this one's."""
        inside = other.folder.relative_to(self.folder)
        self.listed += [Step(step.text, (inside / step.file).as_posix(), step.rows) for step in other.listed]

    @property
    def rows(self) -> int:
        return sum(step.rows for step in self.listed)

    def fingerprint(self) -> str:
        """Checksum of the statements and their row counts."""
        return hashlib.sha256(json.dumps([asdict(step) for step in self.listed]).encode()).hexdigest()[:32]


@dataclass(slots=True)
class Tally:
    """Nodes and relationships of the graph that a run makes, changes and ends."""

    inserted: int = 0
    updated: int = 0
    tombstoned: int = 0

    def add(self, other: "Tally") -> None:
        self.inserted += other.inserted
        self.updated += other.updated
        self.tombstoned += other.tombstoned


def compare(connection: Connection, target: Target, new: str, old: Path, only: str | None = None) -> int:
    """Make the temporary tables `fresh`, `changed` and `ended` of a target; return how many rows they have.

    ``new`` is SQL for its rows now, ``only`` a table of the keys that both are about.
    `fresh` has whole new rows; `changed` the keys with ``new.x`` and ``old.x`` as structs; `ended` old rows.
    """
    keys = " AND ".join(f"n.{quoted(key)} = o.{quoted(key)}" for key in target.keys)
    old_rows = _old_rows(connection, target, old)
    if only is not None:
        old_rows += f" SEMI JOIN {only} USING ({', '.join(quoted(key) for key in target.keys)})"
    plain = [*(name for name in target.properties if name not in target.keys), "lineage"]
    differs = " OR ".join(f"n.{quoted(name)} IS DISTINCT FROM o.{quoted(name)}" for name in plain) or "false"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE old_rows AS {old_rows}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT * FROM {new} n WHERE NOT EXISTS "
        f"(SELECT 1 FROM old_rows o WHERE {keys})"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE changed AS SELECT n, o FROM {new} n JOIN old_rows o ON {keys} WHERE {differs}"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE ended AS SELECT * FROM old_rows o WHERE NOT EXISTS "
        f"(SELECT 1 FROM {new} n WHERE {keys})"
    )
    counts = ("fresh", "changed", "ended")
    return int(scalar(connection, "SELECT " + " + ".join(f"(SELECT count(*) FROM {one})" for one in counts)))


def _old_rows(connection: Connection, target: Target, old: Path) -> str:
    """SQL for the committed rows with every column that the target has now."""
    wanted = target.properties
    if old.exists():
        had = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan([old])}").fetchall()}
    else:
        had = set()
    ids = [quoted(one) if old.exists() else f"NULL::VARCHAR AS {quoted(one)}" for one in target.ids]
    columns = [
        quoted(name) if name in had else f"NULL::{sql_type(prop)} AS {quoted(name)}" for name, prop in wanted.items()
    ]
    columns.append("lineage" if "lineage" in had else "NULL::VARCHAR[] AS lineage")
    source = f"FROM {scan([old])}" if old.exists() else "WHERE false"
    return f"SELECT {', '.join([*ids, *columns])} {source}"


def add_nodes(connection: Connection, steps: Steps, burials: Steps, target: Target) -> Tally:
    """Steps for the compared nodes of a label; those that bury what ended come after the relationships."""
    names = [*target.properties, "lineage"]
    columns = ", ".join(quoted(name) for name in ("_id", *names))
    known = "_id IN (SELECT id FROM tombstone)"
    inserted = steps.add(
        statements.create_nodes(target.name, names), f"SELECT {columns} FROM fresh WHERE NOT {known} ORDER BY _id"
    )
    inserted += steps.add(
        statements.return_nodes(target.name, names), f"SELECT {columns} FROM fresh WHERE {known} ORDER BY _id"
    )
    values = ", ".join(f"n.{quoted(name)}" for name in ("_id", *names))
    updated = steps.add(
        statements.set_node_properties(target.name, names), f"SELECT {values} FROM changed ORDER BY n._id"
    )
    gone = burials.add(
        statements.bury_nodes(target.name),
        "SELECT _id, getvariable('delivered'), getvariable('run') FROM ended ORDER BY _id",
    )
    bury(connection, target.name)
    return Tally(inserted, updated, gone)


def add_identifiers(connection: Connection, steps: Steps) -> None:
    """Steps for the identifiers learned in this run; the entities they name come first."""
    labels = connection.execute("SELECT DISTINCT label FROM identifier WHERE fresh AND named ORDER BY label").fetchall()
    for (label,) in labels:
        steps.add(
            statements.create_identifiers(label),
            "SELECT id, system || '|' || value, system, value FROM identifier "
            f"WHERE fresh AND named AND label = {literal(label)} ORDER BY 1, 2",
        )


def add_relationships(connection: Connection, steps: Steps, target: Target) -> Tally:
    """Steps for the compared relationships: new ones before those that go, so that readers see no hole."""
    names = [*target.properties, "lineage"]
    plain = [name for name in names if name not in target.keys]
    ends = (target.name, target.start, target.end)
    order = ", ".join(quoted(key) for key in target.keys)
    columns = ", ".join(quoted(name) for name in ("_start", "_end", *names))
    inserted = steps.add(statements.create_relationships(*ends, names), f"SELECT {columns} FROM fresh ORDER BY {order}")
    keys = ", ".join(f"n.{quoted(key)}" for key in target.keys)
    values = ", ".join(f"n.{quoted(name)}" for name in plain)
    updated = steps.add(
        statements.set_relationship_properties(*ends, plain), f"SELECT {keys}, {values} FROM changed ORDER BY {keys}"
    )
    gone = steps.add(statements.delete_relationships(*ends), f"SELECT {order} FROM ended ORDER BY {order}")
    closed = 0
    if "to" in names:
        closed = int(scalar(connection, 'SELECT count(*) FROM changed WHERE o."to" IS NULL AND n."to" IS NOT NULL'))
    return Tally(inserted, updated - closed, gone + closed)
