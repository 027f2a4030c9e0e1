"""Which labels, relationship types and properties a Cypher text uses, and what the declaration says to that."""

from collections import defaultdict
from dataclasses import dataclass, field

from graph.schema.catalogue import NODES, RELS
from graph.schema.core import Prop

# Parts of a date or a duration, which Cypher reads like properties.
_PARTS = (
    "year quarter month week day weekday ordinalDay hour minute second millisecond microsecond nanosecond epochMillis "
    "epochSeconds years quarters months weeks days hours minutes seconds"
)
COMPONENTS = frozenset(_PARTS.split())
Owned = tuple[str | None, str]
"""A property with the variable it is read from, or None where the pattern names no variable."""


@dataclass(slots=True)
class Usage:
    """What a statement names.

    ``reads`` are accesses ``variable.property``; ``matches`` are properties in the map of a pattern, with the
    names of the pattern; ``kinds`` are the labels or types each variable is bound to; ``made`` are keys of map
    literals, which may be read like properties.
    """

    labels: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    reads: set[Owned] = field(default_factory=set)
    matches: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    def properties(self) -> set[tuple[tuple[str, ...], str]]:
        """Every property with the labels or types that may own it; none where the text does not say."""
        owned = {(tuple(sorted(self.kinds.get(variable or "", ()))), name) for variable, name in self.reads}
        return owned | self.matches

    def complaints(self) -> list[str]:
        """Names that the declaration does not know, sorted; empty when all is well."""
        found = [f"label {name!r} is not declared" for name in self.labels - NODES.keys()]
        found += [f"relationship {name!r} is not declared" for name in self.types - RELS.keys()]
        for owners, name in self.properties():
            if not declarations(owners, name) and not (not owners and name in self.made | COMPONENTS):
                found.append(f"property {'|'.join(owners) or '?'}.{name} is not declared")
        return sorted(found)

    def withheld(self) -> list[str]:
        """Used properties that a de-identified copy would not carry, as ``Label.property``, sorted."""
        return sorted(
            {
                f"{owner}.{name}"
                for owners, name in self.properties()
                for owner, prop in declarations(owners, name).items()
                if not prop.replica and not (not owners and name in self.made)
            }
        )


def declarations(owners: tuple[str, ...], name: str) -> dict[str, Prop]:
    """The declarations of a property among these labels and types, or among all when none is given."""
    every = {label: node.props for label, node in NODES.items()} | {kind: rel.props for kind, rel in RELS.items()}
    return {owner: every[owner][name] for owner in owners or every if name in every.get(owner, {})}
