"""The statement under construction: parameters, fresh names, and what was hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.compiler.arguments import Leaf, Tree
from api.permissions import PermissionSet

TODAY = "$today"
TERRITORIES = "$claim_territories"


@dataclass(frozen=True, slots=True)
class Hidden:
    """Where a rule hides something: a Cypher expression for the list of ids of the rows concerned.

    ``named`` is false where whole rows are left out: then the rule is named and not whom it concerns.
    """

    path: tuple[str, ...]
    rule: str
    ids: str
    named: bool = True


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

    def name(self, stem: str) -> str:
        """A variable that occurs nowhere else in the statement."""
        self.names += 1
        return f"{stem}{self.names}"

    def parameter(self, leaf: Leaf) -> str:
        """A parameter for the value of a leaf."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = leaf
        return f"${name}"

    def constant(self, value: object) -> str:
        """A parameter for a value that the statement brings itself."""
        return self.parameter(Leaf(value))
