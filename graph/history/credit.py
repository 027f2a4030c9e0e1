"""Which claim made a difference: for every key that was touched, what each source said before and says now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.ingest.engine import Connection, literal, quoted, scan
from graph.ingest.fold import ClaimSet, Target
from graph.ingest.state import State
from graph.sources import Mapping

NOTHING = "{'source': NULL, 'record': NULL, 'known': NULL, 'valid': NULL, 'restated': NULL, 'fresh': NULL}"


@dataclass(frozen=True, slots=True)
class Credit:
    """SQL over the tables `said0`, `said1`, … that `open_credit` makes, one per claim set of a target."""

    target: Target
    had: tuple[frozenset[str], ...]

    def joins(self, row: str) -> str:
        """Joins of a row of the target with what was said about its key."""
        same = " AND ".join(f"{{0}}.{quoted(key)} = {row}.{quoted(key)}" for key in self.target.keys)
        return " ".join(f"LEFT JOIN said{at} s{at} ON {same.format(f's{at}')}" for at in range(len(self.had)))

    def of_property(self, name: str) -> str:
        """The claim behind a value that changed: the strongest one that says something else than before."""
        sets = self.target.ranked(name)
        places = [self.target.sets.index(one) for one in sets]
        differs = [
            f"WHEN {self._new(at, name)} IS DISTINCT FROM {self._old(at, name)} THEN {self._claim(at)}" for at in places
        ]
        has = [f"WHEN {self._new(at, name)} IS NOT NULL THEN {self._claim(at)}" for at in places]
        return _first(differs + has)

    def of_arrival(self) -> str:
        """The claim behind an entity or relationship that is new: the first one that came."""
        places = [at for at, one in enumerate(self.target.sets) if one.mints]
        came = [f"WHEN {self._is(at)} AND NOT {self._was(at)} THEN {self._claim(at)}" for at in places]
        there = [f"WHEN {self._is(at)} THEN {self._claim(at)}" for at in places]
        return _first(came + there)

    def of_departure(self) -> str:
        """The claim behind one that is no more: the first one that went, else the one that has lost its end."""
        places = [at for at, one in enumerate(self.target.sets) if one.mints]
        went = [f"WHEN {self._was(at)} AND NOT {self._is(at)} THEN {self._claim(at)}" for at in places]
        left = [f"WHEN {self._was(at)} THEN {self._left(at)}" for at in places]
        return _first(went + left)

    def _claim(self, at: int) -> str:
        """The claim as it stands, or as it stood when it is gone: then it went with this delivery."""
        restated = f"coalesce(s{at}.c._restated, s{at}.c._valid_at = {self._valid(at)})"
        now = (
            f"{{'source': {self._source(at)}, 'record': s{at}.c._record, 'known': s{at}.c._known_at, "
            f"'valid': s{at}.c._valid_at, 'restated': {restated}, 'fresh': NOT {self._was(at)}}}"
        )
        return f"CASE WHEN {self._is(at)} THEN {now} ELSE {self._left(at)} END"

    def _left(self, at: int) -> str:
        return (
            f"{{'source': {self._source(at)}, 'record': coalesce(s{at}.b._record, s{at}.c._record), "
            "'known': getvariable('delivered'), 'valid': getvariable('delivered'), 'restated': false, 'fresh': false}"
        )

    def _source(self, at: int) -> str:
        return literal(self.target.sets[at].source)

    def _is(self, at: int) -> str:
        return f"coalesce(NOT s{at}.c._gone, false)"

    def _was(self, at: int) -> str:
        return f"coalesce(NOT s{at}.b._gone, false)"

    def _valid(self, at: int) -> str:
        return f"CASE WHEN {self._was(at)} THEN s{at}.b._valid_at END"

    def _new(self, at: int, name: str) -> str:
        return f"s{at}.c.{quoted(name)}"

    def _old(self, at: int, name: str) -> str:
        return f"s{at}.b.{quoted(name)}" if name in self.had[at] else "NULL"


def _first(cases: list[str]) -> str:
    """The first case that holds. There is none where nobody who brings such entities has said anything yet."""
    return f"CASE {' '.join(cases)} ELSE {NOTHING} END" if cases else NOTHING


def open_feeds(
    connection: Connection, mappings: tuple[Mapping, ...], committed: State, delivered: set[str], dirty: set[str]
) -> None:
    """Make the temporary table `feed`: what of each source decides the kind of its changes."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE feed (source VARCHAR, change_kind VARCHAR, delivered BOOLEAN, baseline BOOLEAN, "
        "remapped BOOLEAN, previous DATE)"
    )
    rows = []
    for mapping in mappings:
        entry = committed.sources.get(mapping.name, {})
        baseline = mapping.name in dirty and not entry
        remapped = bool(entry) and entry.get("mapping_version") != mapping.version
        rows.append(
            [mapping.name, mapping.change_kind, mapping.name in delivered, baseline, remapped, entry.get("data_time")]
        )
    connection.executemany("INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?)", rows)


def open_credit(connection: Connection, target: Target, staged: Path, committed: Path) -> Credit:
    """Make `touched` (the keys of the compared rows) and the tables `said0`, … with `c` (now) and `b` (before)."""
    keys = ", ".join(quoted(key) for key in target.keys)
    mine = ", ".join(f"n.{quoted(key)} AS {quoted(key)}" for key in target.keys)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE touched AS SELECT {keys} FROM fresh UNION SELECT {mine} FROM changed "
        f"UNION SELECT {keys} FROM ended"
    )
    had = tuple(
        _say(connection, target, at, one, committed / one.path.relative_to(staged))
        for at, one in enumerate(target.sets)
    )
    return Credit(target, had)


def _say(connection: Connection, target: Target, at: int, one: ClaimSet, before: Path) -> frozenset[str]:
    """Make one table; return the columns that the claims had before."""
    had = {"_record", "_known_at", "_valid_at", "_gone"}
    if before.exists():
        had = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan([before])}").fetchall()}
    keys = ", ".join(quoted(key) for key in target.keys)
    mine = f"SEMI JOIN touched USING ({keys})"
    same = " AND ".join(f"x.{{0}}.{quoted(key)} = t.{quoted(key)}" for key in target.keys)
    old = (
        f"SELECT b FROM (SELECT * FROM {scan([before])} {mine}) b"
        if before.exists()
        else f"SELECT b FROM {scan([one.path])} b WHERE false"
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE said{at} AS SELECT t.*, x.c, y.b FROM touched t "
        f"LEFT JOIN (SELECT c FROM (SELECT * FROM {scan([one.path])} {mine}) c) x ON {same.format('c')} "
        f"LEFT JOIN ({old}) y ON {same.format('b').replace('x.', 'y.')}"
    )
    return frozenset(had)
