"""Effects of elements on values, as a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gnn.view import Floats, Integers


class Kind(StrEnum):
    """What an element is; the comment says how it is removed."""

    PEER = "peer"  # a colleague's prescribing of the product, which reaches the subject over their ties
    CALLS = "calls"  # all calls on the subject
    MESSAGES = "messages"  # all messages to it
    ACCOUNT = "account"  # the affiliation: what it is told of colleagues, and of access, there
    POLICY = "policy"  # the restrictions of a coverage policy
    CHANGE = "change"  # the newest change of that policy: the one before goes on
    PLAN = "plan"  # what claims of a plan show, set to that of an average plan
    RECORD = "record"  # the subject's own mature starts
    SURROUNDINGS = "surroundings"  # what ties, territory and specialty met, set to the average
    VOLUME = "volume"  # the rest are groups of features of its own, set to their average
    EXPERIENCE = "experience"
    SPECIALTY = "specialty"
    TERRITORY = "territory"
    POSITION = "position"
    STANDING = "standing"


LABELS: Mapping[Kind, str] = {
    Kind.ACCOUNT: "account",
    Kind.POLICY: "policy",
    Kind.CHANGE: "policy",
    Kind.PLAN: "plan",
}
"""The table of the snapshot in which an element's node is a row; all others are HCPs."""


@dataclass(frozen=True, slots=True)
class Effect:
    """``value`` with the element minus without it; ``node`` is a row of the snapshot's table that `LABELS` names."""

    kind: Kind
    node: int
    value: float


@dataclass(frozen=True, slots=True)
class Effects:
    """Parallel rows: the subject's place, the kind, the node, the effect."""

    subject: Integers
    kind: tuple[Kind, ...]
    node: Integers
    value: Floats

    @classmethod
    def joined(cls, parts: list["Effects"]) -> "Effects":
        """All rows of some tables."""
        return cls(
            np.concatenate([part.subject for part in parts]).astype(np.int64),
            tuple(kind for part in parts for kind in part.kind),
            np.concatenate([part.node for part in parts]).astype(np.int64),
            np.concatenate([part.value for part in parts]).astype(np.float64),
        )

    @classmethod
    def of_one_kind(cls, kind: Kind, subject: Integers, node: Integers, value: Floats) -> "Effects":
        """Rows that share their kind."""
        return cls(subject, (kind,) * len(subject), node, value)

    def by_subject(self, count: int) -> Iterator[tuple[Effect, ...]]:
        """For each of ``count`` subjects its effects, the largest first; equal ones by kind and node."""
        found: list[list[Effect]] = [[] for _ in range(count)]
        rows = zip(self.subject.tolist(), self.kind, self.node.tolist(), self.value.tolist(), strict=True)
        for subject, kind, node, value in rows:
            found[subject].append(Effect(kind, node, value))
        for effects in found:
            yield tuple(sorted(effects, key=lambda one: (-abs(one.value), one.kind, one.node)))
