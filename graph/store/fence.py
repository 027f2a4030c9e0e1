"""The fence: a write goes through only while its writer holds the lease it was started under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.errors import GraphMismatch, LeaseHeld

if TYPE_CHECKING:
    from graph.store.store import Work

SECONDS = 60
"""How long a lease lasts unless it is renewed."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A lease as it was taken; ``token`` is raised at each taking, so an older holder is told by its own."""

    name: str
    token: int

    def hold(self, work: Work) -> None:
        """Lock and renew the lease for this transaction; raise `LeaseHeld` when somebody has taken it over.

        Until the transaction ends nobody can take the lease, and whoever waits for the lock knows that it has ended.
        """
        rows = work.run("refresh/lease_hold", {"name": self.name, "token": self.token, "seconds": SECONDS})
        if not rows:
            self._refuse(work)

    def look(self, work: Work) -> None:
        """As `hold`, without the lock: for a transaction beside one that has it."""
        rows = work.run("refresh/lease_look", {"name": self.name})
        if not rows or rows[0]["token"] != self.token:
            self._refuse(work)

    def _refuse(self, work: Work) -> None:
        if not work.run("refresh/lease_look", {"name": self.name}):
            raise GraphMismatch(
                f"the lease {self.name!r} is gone: Neo4j was emptied or another database answers in its place; "
                "restore graph and TWIN_HOME/state from one backup, or start with both empty"
            )
        raise LeaseHeld(f"the lease {self.name!r} was taken over by another run: this one stops, nothing is half done")
