"""The roster: words that name people the twin knows, and phrases that are public and stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graph.ingest.engine import Connection, literal, quoted, scan
from graph.sources import Mapping

if TYPE_CHECKING:
    from graph.ingest.landing import Landed

WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
LONGEST_PHRASE = 6
_PEOPLE = (("HCP", ("firstName", "lastName")), ("Rep", ("name",)))
_PUBLIC = (
    ("Product", ("brand", "generic")),
    ("Payer", ("name",)),
    ("Plan", ("name", "planKey")),
    ("Account", ("name", "city")),
    ("HCP", ("city",)),
    ("Territory", ("name",)),
)


@dataclass(frozen=True, slots=True)
class Roster:
    """``people`` are single words in lower case, ``public`` phrases as tuples of such words."""

    people: frozenset[str] = frozenset()
    public: frozenset[tuple[str, ...]] = field(default_factory=frozenset)

    @classmethod
    def of(cls, people: Iterable[str], public: Iterable[str] = ()) -> Roster:
        """From names of people and public names as they are written."""
        words = frozenset(word for name in people for word in words_of(name) if len(word) > 1)
        phrases = (tuple(words_of(name)) for name in public)
        return cls(words, frozenset(one for one in phrases if 0 < len(one) <= LONGEST_PHRASE and len("".join(one)) > 2))


def words_of(text: str) -> list[str]:
    """The words of a name in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def read_roster(connection: Connection, committed: Path, landed: Iterable[tuple[Path, str, str]]) -> Roster:
    """The roster of a committed state's ``graph`` folder and of newly landed columns (file, column, vocabulary)."""
    people, public = [], []
    for label, columns in _PEOPLE:
        people += _texts(connection, committed / "graph" / f"{label}.parquet", columns)
    for label, columns in _PUBLIC:
        public += _texts(connection, committed / "graph" / f"{label}.parquet", columns)
    for path, column, vocabulary in landed:
        (people if vocabulary == "person" else public).extend(_texts(connection, path, (column,)))
    return Roster.of(people, public)


def vocabulary(mappings: Iterable[Mapping], home: Path, landed: Iterable[Landed]) -> list[tuple[Path, str, str]]:
    """The columns of landed files whose words the mappings declare to be people's or public."""
    columns = {
        (mapping.name, table.name): [one for one in table.columns if one.vocabulary is not None]
        for mapping in mappings
        for table in mapping.tables
    }
    return [
        (home / one.parquet, column.name, str(column.vocabulary))
        for one in landed
        for column in columns.get((one.source, one.table), ())
    ]


def _texts(connection: Connection, path: Path, columns: tuple[str, ...]) -> list[str]:
    if not path.exists():
        return []
    have = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan([path])}").fetchall()}
    found: list[str] = []
    for column in columns:
        if column in have:
            name = quoted(column)
            rows = connection.execute(f"SELECT DISTINCT {name} FROM {scan([path])} WHERE {name} <> {literal('')}")
            found += [row[0] for row in rows.fetchall()]
    return found
