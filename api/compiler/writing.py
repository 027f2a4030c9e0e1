"""The statement under construction: parameters, fresh names, and what was hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.compiler.arguments import Leaf, Tree
from api.errors import TooCostly
from api.permissions import PermissionSet

# Neo4j plans a new statement in time that grows with these, some 40 ms for each pattern; a rich question has 70
# patterns, as many names and a handful of conditions.
MOST_PATTERNS = 100
MOST_NAMES = 200
MOST_CONDITIONS = 100
TOO_WIDE = "the operation follows too many links: ask for fewer at once"
TODAY = "$today"
TERRITORIES = "$claim_territories"
SUBJECT = "$claim_subject"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Where a rule hides something: a Cypher expression for the list of ids of the rows concerned.

    ``named`` is false where whole rows are left out: then the rule is named and not whom it concerns. ``trail`` are the
    lines that lead to the rows.
    """

    path: tuple[str, ...]
    rule: str
    ids: str
    named: bool = True
    trail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seal:
    """What the cursors of a connection are sealed to: its field, its sort, the values of its other arguments."""

    order: tuple[str, ...]
    bound: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class CursorSlot:
    """A parameter that holds the values sealed in a given cursor."""

    leaf: Leaf
    seal: Seal


@dataclass(slots=True)
class Writing:
    """Collects what the parts of one statement share."""

    permissions: PermissionSet
    variables: Mapping[str, Any]
    parameters: dict[str, Leaf] = field(default_factory=dict)
    cursors: dict[str, CursorSlot] = field(default_factory=dict)
    hidden: list[Hidden] = field(default_factory=list)
    names: int = 0
    conditions: int = 0

    def name(self, stem: str) -> str:
        """A variable that occurs nowhere else in the statement; raise `TooCostly` when there are too many."""
        self.names += 1
        if self.names > MOST_NAMES:
            raise TooCostly(TOO_WIDE)
        return f"{stem}{self.names}"

    def condition(self) -> None:
        """Count one more part of a filter; raise `TooCostly` when there are too many."""
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            raise TooCostly(f"the filters have more than {MOST_CONDITIONS} parts: ask with fewer, or with `in`")

    def parameter(self, leaf: Leaf) -> str:
        """A parameter for the value of a leaf."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = leaf
        return f"${name}"

    def constant(self, value: object) -> str:
        """A parameter for a value that the statement brings itself."""
        return self.parameter(Leaf(value))
