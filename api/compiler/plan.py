"""The finished statement, bound to the values of one request."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from api.compiler.answer import Read
from api.compiler.arguments import Leaf, resolved
from api.compiler.writing import CursorSlot, Seal
from api.cursors import Sealer
from api.granted import NOTHING, Granted
from api.tokens import Caller

CONTEXT: Mapping[str, Callable[[Caller, datetime.date], Any]] = {
    "claim_territories": lambda caller, _: list(caller.territories),
    "claim_subject": lambda caller, _: caller.subject,
    "claim_role": lambda caller, _: caller.role,
    "claim_purpose": lambda caller, _: caller.purpose,
    "today": lambda _, today: today,
}
"""The parameters that do not come from arguments."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation, compiled. ``text`` is None when nothing but introspection was asked. ``read`` names the values of
    its answer, with ``seals`` for the cursors in it. ``lookups``: roots that name a key, and whether they may be null.
    """

    text: str | None
    parameters: Mapping[str, Leaf]
    cursors: Mapping[str, CursorSlot]
    read: Read
    seals: tuple[Seal, ...]
    lookups: tuple[tuple[str, bool], ...]
    hidden: tuple[tuple[tuple[str, ...], str, bool], ...]
    introspects: bool
    context: tuple[str, ...]
    granted: Granted = NOTHING

    def bind(
        self, caller: Caller, variables: Mapping[str, Any], today: datetime.date, sealer: Sealer
    ) -> dict[str, Any]:
        """The parameters of the statement: arguments, claims, the day, the contents of given cursors.

        Only those that it names: Neo4j plans anew for other types and sizes of any parameter that it is given.
        """
        bound: dict[str, Any] = {name: leaf.value(variables) for name, leaf in self.parameters.items()}
        bound |= {name: CONTEXT[name](caller, today) for name in self.context}
        for name, slot in self.cursors.items():
            bound[name] = sealer.open(
                slot.leaf.value(variables), context(slot.seal, variables), len(slot.seal.order) - 1
            )
        return bound

    def answer(self, values: list[Any], variables: Mapping[str, Any], sealer: Sealer) -> dict[str, Any]:
        """The data of the answer; cursors are sealed where they were selected."""
        return self.read(values, [partial(sealer.seal, context=context(seal, variables)) for seal in self.seals])


def context(seal: Seal, variables: Mapping[str, Any]) -> list[Any]:
    """What a cursor is valid for, as plain values."""
    return [list(seal.order), [resolved(tree, variables) for tree in seal.bound]]
