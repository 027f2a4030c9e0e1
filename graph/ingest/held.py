"""A source that is held: its delivery is not taken, what it said before stands, and every other source goes on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from graph.errors import ApprovalNeeded, SourceError


@dataclass(frozen=True, slots=True)
class Held:
    """Why a source is held for a delivery.

    ``approvable`` tells that nothing is wrong with the files: somebody has to say that what they take away is meant.
    """

    source: str
    reason: str
    approvable: bool = False

    @classmethod
    def by(cls, source: str, error: SourceError) -> Held:
        """The source is held by what was raised while its files were used."""
        return cls(source, str(error), isinstance(error, ApprovalNeeded))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
