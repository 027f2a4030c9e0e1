"""The finished statement, bound to the values of one request."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.compiler.arguments import Leaf, resolved
from api.compiler.writing import CursorSlot, Seal
from api.cursors import Sealer
from api.granted import NOTHING, Granted
from api.tokens import Caller


@dataclass(frozen=True, slots=True)
class SealedAt:
    """Where a connection's cursors stand in the answer: edge lists with the response names of their cursors,
    and page information with the response names of its cursors."""

    root: str
    seal: Seal
    edges: tuple[tuple[str, tuple[str, ...]], ...]
    page_infos: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation, compiled. ``text`` is None when nothing but introspection was asked."""

    text: str | None
    parameters: Mapping[str, Leaf]
    cursors: Mapping[str, CursorSlot]
    sealed: tuple[SealedAt, ...]
    lookups: tuple[str, ...]
    hidden: tuple[tuple[tuple[str, ...], str, bool], ...]
    granted: Granted = NOTHING

    def bind(
        self, caller: Caller, variables: Mapping[str, Any], today: datetime.date, sealer: Sealer
    ) -> dict[str, Any]:
        """The parameters of the statement: arguments, claims, the day, the contents of given cursors."""
        bound: dict[str, Any] = {name: leaf.value(variables) for name, leaf in self.parameters.items()}
        bound |= {
            "claim_territories": list(caller.territories),
            "claim_subject": caller.subject,
            "claim_role": caller.role,
            "claim_purpose": caller.purpose,
            "today": today,
        }
        for name, slot in self.cursors.items():
            bound[name] = sealer.open(
                slot.leaf.value(variables), context(slot.seal, variables), len(slot.seal.order) - 1
            )
        return bound

    def seal_cursors(self, data: dict[str, Any], variables: Mapping[str, Any], sealer: Sealer) -> None:
        """Replace raw key values by sealed cursors, in place, only where they were selected."""
        for place in self.sealed:
            bound = context(place.seal, variables)
            for edges, names in place.edges:
                for edge in data[place.root][edges]:
                    for name in names:
                        edge[name] = sealer.seal(edge[name], bound)
            for info, names in place.page_infos:
                for name in names:
                    values = data[place.root][info][name]
                    data[place.root][info][name] = None if values is None else sealer.seal(values, bound)


def context(seal: Seal, variables: Mapping[str, Any]) -> list[Any]:
    """What a cursor is valid for, as plain values."""
    return [list(seal.order), [resolved(tree, variables) for tree in seal.bound]]
