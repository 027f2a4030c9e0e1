"""The fold: a property is the first value that the declared precedence of sources finds among the claims."""

from dataclasses import dataclass
from pathlib import Path

from graph.ingest.claims import file_name
from graph.ingest.engine import Connection, copy, quoted, scan, sql_type
from graph.ingest.lineage import lineage
from graph.schema.catalogue import node_type, properties, rel_type
from graph.schema.core import Prop
from graph.sources import Claim, Mapping

EARLIEST = frozenset({"knownAt"})
"""Folded to the earliest date that any source gives, whatever the precedence."""


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """A claim file with its source; ``columns`` are the declared properties it carries.

    An entity is there as long as a claim that ``mints`` says so.
    """

    source: str
    path: Path
    columns: tuple[str, ...]
    mints: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """A label, or a relationship type between two labels, with the claims about it in order of mappings."""

    name: str
    start: str
    end: str
    sets: tuple[ClaimSet, ...]

    @property
    def is_node(self) -> bool:
        return not self.start

    @property
    def file(self) -> str:
        return f"{self.name}.parquet" if self.is_node else f"{self.name}-{self.start}-{self.end}.parquet"

    @property
    def ids(self) -> tuple[str, ...]:
        return ("_id",) if self.is_node else ("_start", "_end")

    @property
    def keys(self) -> tuple[str, ...]:
        return self.ids if self.is_node else (*self.ids, *rel_type(self.name).key)

    @property
    def properties(self) -> dict[str, Prop]:
        """The declared properties that a source with precedence claims, in declared order."""
        return {name: prop for name, prop in properties(self.name).items() if self.ranked(name)}

    def ranked(self, name: str) -> list[ClaimSet]:
        """The sets that carry a property, strongest first."""
        carrying = [one for one in self.sets if name in one.columns]
        if not self.is_node:
            return carrying
        node = node_type(self.name)
        order = node.props[name].precedence or node.precedence
        return sorted((one for one in carrying if one.source in order), key=lambda one: order.index(one.source))


def targets(connection: Connection, mappings: tuple[Mapping, ...], folder: Path) -> list[Target]:
    """Everything that is claimed, nodes first."""
    sets: dict[tuple[str, str, str], list[ClaimSet]] = {}
    for mapping in mappings:
        for at, claim in enumerate(mapping.claims):
            path = folder / "claims" / mapping.name / file_name(at, claim)
            if path.exists():
                columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan([path])}").fetchall()]
                known = properties(claim.target)
                carried = tuple(name for name in columns if name in known)
                mints = claim.mints or claim.kind == "relationship"
                sets.setdefault(_place(claim), []).append(ClaimSet(mapping.name, path, carried, mints))
    found = [Target(*place, tuple(listed)) for place, listed in sets.items()]
    return sorted(found, key=lambda target: not target.is_node)


def _place(claim: Claim) -> tuple[str, str, str]:
    return (claim.target, claim.start[0], claim.end[0])


def fold(connection: Connection, target: Target, folder: Path) -> Path:
    """Write the folded rows of a target to ``folder`` and return the file."""
    path = folder / target.file
    copy(connection, fold_select(target), path)
    return path


def refold(connection: Connection, target: Target, old: Path, folder: Path) -> None:
    """Replace the folded rows of the keys in `touched_key` by those of the temporary table `refolded`."""
    keys = ", ".join(quoted(key) for key in target.keys)
    left = f"SELECT * FROM {scan([old])} ANTI JOIN touched_key USING ({keys})"
    copy(connection, f"{left} UNION ALL BY NAME SELECT * FROM refolded", folder / target.file)


def fold_select(target: Target, only: str | None = None) -> str:
    """SQL for the rows of a target: keys, then each property by precedence, then `lineage`.

    ``only`` is a table with the keys that are asked for; all of them without it. A relationship with an end that is
    gone is not among them: the temporary table `tombstone` tells.
    """
    keys = ", ".join(quoted(key) for key in target.keys)

    def said(path: Path) -> str:
        return scan([path]) if only is None else f"(SELECT * FROM {scan([path])} SEMI JOIN {only} USING ({keys}))"

    names = {one.path: f"c{at}" for at, one in enumerate(target.sets)}
    values = []
    for name, prop in target.properties.items():
        if name in target.keys:
            continue
        found = [f"{names[one.path]}.{quoted(name)}" for one in target.ranked(name)]
        how = "least" if name in EARLIEST else "coalesce"
        values.append(f"{how}({', '.join(found)})::{sql_type(prop)} AS {quoted(name)}")
    all_keys = " UNION ".join(f"SELECT {keys} FROM {said(one.path)}" for one in target.sets if one.mints)
    if not all_keys:
        all_keys = f"SELECT {keys} FROM {scan([target.sets[0].path])} WHERE false"
    same = {
        name: " AND ".join(f"k.{quoted(key)} = {name}.{quoted(key)}" for key in target.keys) for name in names.values()
    }
    joins = " ".join(f"LEFT JOIN {said(path)} {name} ON {same[name]}" for path, name in names.items())
    picked = ", ".join([*(f"k.{quoted(key)}" for key in target.keys), *values, lineage(target)])
    order = ", ".join(quoted(key) for key in target.keys)
    kept = "COLUMNS(lambda name: NOT starts_with(name, '_won'))"
    return f"SELECT {kept} FROM (SELECT {picked} FROM ({all_keys}) k {joins} {_live(target)}) ORDER BY {order}"


def _live(target: Target) -> str:
    """A WHERE that leaves out relationships with an end that no source claims any more."""
    if target.is_node:
        return ""
    gone = "SELECT id FROM tombstone WHERE NOT returned AND label ="
    return f"WHERE k._start NOT IN ({gone} '{target.start}') AND k._end NOT IN ({gone} '{target.end}')"
