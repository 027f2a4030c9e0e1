"""A mapping: which files a feed has, what their columns must be, and what they say about the graph.

`docs/sources.md` explains the file format. Everything is checked when a file is read: a mapping that names an
undeclared label or property, or a source that the declaration gives no precedence, is refused with its file name.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from graph.errors import SourceError

FOLDER = Path(__file__).parent
CHANGE_KINDS = ("alignment", "policy_edition")
"""What all changes of a source are, where its nature says so."""
Kind = Literal["snapshot", "delta", "editions"]
ColumnType = Literal[
    "text", "integer", "number", "boolean", "date", "datetime", "npi", "ndc11", "texts", "token", "note"
]
COLUMN_TYPES = ("text", "integer", "number", "boolean", "date", "datetime", "npi", "ndc11", "texts", "token", "note")
QUARANTINE_LIMIT = 0.2
"""A file of which more than this share breaks the contract is no longer what the contract is about."""
PERSONAL_TYPES = ("token", "note")
Vocabulary = Literal["person", "public"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the contract.

    ``names`` are the spellings the file may use (compared without case); with ``repeat`` each holds ``{}`` for the
    slot number and the column becomes a list in slot order. A ``personal`` value never reaches quarantine.
    ``median`` is the envelope of a numeric column: a file whose median lies outside has changed its unit.
    ``vocabulary`` tells the scrubber of notes whose words these are: a person's name, or a name that is public.
    """

    name: str
    names: tuple[str, ...]
    type: ColumnType = "text"
    required: bool = False
    optional: bool = False
    personal: bool = False
    repeat: int = 0
    format: str = "%Y-%m-%d"
    separator: str = "|"
    values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    median: tuple[float, float] | None = None
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True, slots=True)
class Unpivot:
    """A wide file turned long: the columns outside the contract become rows of (``name``, ``value``); 0 is no row."""

    name: str
    value: str
    minimum: float = 1


@dataclass(frozen=True, slots=True)
class Table:
    """The files of one layout. ``known_at`` is an SQL expression over the columns, `_delivered` and `_edition`.

    ``holds`` is searched in the beginning of a file whose name alone does not tell the feed. Only zip files that
    match ``archives`` are opened. ``reader`` names the module for a format that needs code, with its ``options``.
    ``within`` maps a column to the (table, column) of the same source that has to have its value.
    """

    name: str
    files: re.Pattern[str]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    known_at: str = "_delivered"
    edition: re.Pattern[str] | None = None
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    encoding: str = "utf-8"
    masks: tuple[str, ...] = ()
    references: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    checks: tuple[tuple[str, str], ...] = ()
    unpivot: Unpivot | None = None
    counted: bool = True
    quarantine_limit: float = QUARANTINE_LIMIT
    holds: re.Pattern[str] | None = None
    archives: re.Pattern[str] | None = None
    reader: str | None = None
    options: Dict[str, Any] = field(default_factory=dict)
    within: Dict[str, tuple[str, str]] = field(default_factory=dict)
    partition: str | None = None


@dataclass(frozen=True, slots=True)
class Prepare:
    """An intermediate table. ``partition`` names its column that says which partition of the source a row belongs to:
    such a table is computed for the touched partitions only. ``kept``: selects over all partitions read it too.
    ``group`` names a column that divides the rows of a kept table otherwise, across partitions.
    ``resets``: it is made over all partitions, and when it changes, all of them are computed anew.
    """

    name: str
    select: str
    partition: str | None = None
    kept: bool = False
    resets: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One select: what the source says about a label, or about relationships of a type.

    ``identify`` (nodes) maps identifier systems to columns of the select, strongest first. ``start`` and ``end``
    (relationships) are (label, system, column). ``keep``: a row that the source no longer gives stays as it is.
    ``when_gone`` maps properties to SQL expressions that are set on a kept node the source no longer gives.
    ``partition`` names the column of the select that says which partition of the source, or which group of its kept
    tables, a row belongs to.
    """

    kind: Literal["node", "relationship"]
    target: str
    select: str
    identify: Dict[str, str] = field(default_factory=dict)
    mints: bool = False
    named: bool = True
    start: tuple[str, str, str] = ("", "", "")
    end: tuple[str, str, str] = ("", "", "")
    keep: bool = True
    when_gone: Dict[str, str] = field(default_factory=dict)
    partition: str | None = None


@dataclass(frozen=True)
class Mapping:
    """One source: its tables, intermediate tables and claims, in the order of the file."""

    name: str
    title: str
    kind: Kind
    deidentification: str
    after: tuple[str, ...]
    data_time: str
    tables: tuple[Table, ...]
    prepare: tuple[Prepare, ...]
    claims: tuple[Claim, ...]
    version: str
    change_kind: str | None = None
    expected_every_days: int | None = None

    @cached_property
    def as_fresh_as_delivered(self) -> bool:
        """True when the data are of the day on which they are delivered, whatever they say."""
        by_table = {table.known_at for table in self.tables} == {"_delivered"}
        return self.data_time == "_delivered" or (self.data_time == "_known_at" and by_table)

    @cached_property
    def group(self) -> str | None:
        """The column by which kept tables fall into groups, where they do."""
        return next((part.group for part in self.prepare if part.group is not None), None)

    @cached_property
    def nodes(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.kind == "node")

    @cached_property
    def relationships(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.claims if claim.kind == "relationship")


def load_mapping(path: Path) -> Mapping:
    """Read and check one mapping file; raise `SourceError` naming it."""
    from graph.sources.check import check

    try:
        text = path.read_text(encoding="utf-8")
        mapping = _mapping(path.stem, tomllib.loads(text), hashlib.sha256(text.encode()).hexdigest()[:16])
        check(mapping)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise SourceError(f"mapping {path.name!r}: {type(error).__name__}: {error}") from error
    return mapping


def load_mappings(folder: Path = FOLDER) -> tuple[Mapping, ...]:
    """All mappings of a folder, each after those that it builds on; raise `SourceError` on a circle."""
    waiting = {path.stem: load_mapping(path) for path in sorted(folder.glob("*.toml"))}
    ordered: dict[str, Mapping] = {}
    while waiting:
        ready = [name for name, one in waiting.items() if all(other not in waiting for other in one.after)]
        if not ready:
            raise SourceError(f"mappings {sorted(waiting)!r} wait for each other: mend `after`")
        ordered |= {name: waiting.pop(name) for name in ready}
    return tuple(ordered.values())


def _mapping(name: str, data: dict[str, Any], version: str) -> Mapping:
    if data["name"] != name:
        raise ValueError(f"it is called {data['name']!r} inside: give file and source one name")
    if data["kind"] not in ("snapshot", "delta", "editions"):
        raise ValueError(f"kind {data['kind']!r}: use snapshot, delta or editions")
    limit = data.get("quarantine_limit", QUARANTINE_LIMIT)
    return Mapping(
        name=name,
        title=data["title"],
        kind=data["kind"],
        deidentification=data["deidentification"],
        after=tuple(data.get("after", ())),
        data_time=data.get("data_time", "_known_at"),
        tables=tuple(_table({"quarantine_limit": limit, **table}) for table in data["table"]),
        prepare=tuple(Prepare(**part) for part in data.get("prepare", ())),
        claims=tuple(_claim("node", claim) for claim in data.get("node", ()))
        + tuple(_claim("relationship", claim) for claim in data.get("relationship", ())),
        version=version,
        change_kind=_change_kind(data.get("change_kind")),
        expected_every_days=data.get("expected_every_days"),
    )


def _change_kind(kind: str | None) -> str | None:
    if kind not in (None, *CHANGE_KINDS):
        raise ValueError(f"change_kind {kind!r}: use one of {', '.join(CHANGE_KINDS)}, or leave it out")
    return kind


def _table(data: dict[str, Any]) -> Table:
    given = dict(data)
    columns = tuple(_column(name, column) for name, column in given.pop("columns").items())
    for pattern in ("files", "edition", "holds", "archives"):
        if pattern in given:
            given[pattern] = re.compile(given[pattern])
    given["references"] = {name: _names(systems) for name, systems in given.get("references", {}).items()}
    given["within"] = {name: _place(place) for name, place in given.get("within", {}).items()}
    given["checks"] = tuple((check["sql"], check["reason"]) for check in given.get("checks", ()))
    for name in ("key", "masks"):
        given[name] = tuple(given.get(name, ()))
    if "unpivot" in given:
        given["unpivot"] = Unpivot(**given["unpivot"])
    return Table(columns=columns, **given)


def _column(name: str, data: dict[str, Any]) -> Column:
    given = dict(data)
    names = _names(given.pop("from", name))
    if given.get("type", "text") not in COLUMN_TYPES:
        raise ValueError(f"column {name!r} has type {given['type']!r}: use one of {', '.join(COLUMN_TYPES)}")
    given["values"] = tuple(given.get("values", ()))
    given["personal"] = given.get("personal", False) or given.get("type") in PERSONAL_TYPES
    if given.get("vocabulary") not in (None, "person", "public"):
        raise ValueError(f"column {name!r} has vocabulary {given['vocabulary']!r}: use person or public")
    if "median" in given:
        low, high = given["median"]
        given["median"] = (float(low), float(high))
    return Column(name=name, names=names, **given)


def _place(text: str) -> tuple[str, str]:
    table, _, column = text.partition(".")
    return table, column


def _names(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _claim(kind: Literal["node", "relationship"], data: dict[str, Any]) -> Claim:
    given = dict(data)
    target = given.pop("label" if kind == "node" else "type")
    given.setdefault("keep", kind == "node")
    if kind == "relationship":
        for end in ("start", "end"):
            label = given[end]["label"]
            ((system, column),) = [(key, value) for key, value in given[end].items() if key != "label"]
            given[end] = (label, system, column)
    return Claim(kind=kind, target=target, **given)
