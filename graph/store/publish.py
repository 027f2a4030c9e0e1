"""Readers never see half a write: two counters, in transactions of their own, around the data's commit.

`writing` is raised immediately before the commit and `published` immediately after it. A reader reads `published`
first and `writing` last in its statement and retries when they differ. A sequence number written in the data's own
transaction does not protect, because Neo4j is read-committed.
"""

import contextlib
from collections.abc import Callable
from typing import TypeVar

from graph.errors import StoreUnavailable
from graph.failpoint import failpoint
from graph.store.store import Store, Work

Result = TypeVar("Result")

RAISE_WRITING = """
MERGE (writing:Sequence {name: 'writing'})
  ON CREATE SET writing.value = 0
MERGE (published:Sequence {name: 'published'})
  ON CREATE SET published.value = 0
SET writing.value = published.value + 1
RETURN writing.value AS sequence
"""
RAISE_PUBLISHED = """
MATCH (writing:Sequence {name: 'writing'}), (published:Sequence {name: 'published'})
SET published.value = writing.value
RETURN published.value AS sequence
"""


def publish(store: Store, do: Callable[[Work], Result], *, timeout_seconds: float | None = None) -> tuple[Result, int]:
    """Run ``do`` in one write transaction with the counters around its commit; return (result, sequence).

    When the transaction fails and is rolled back, the counters are levelled again. When the process or the server dies
    in between, `level` is called after the run's mark has told whether the commit happened.
    """
    raised = False

    def work(transaction: Work) -> Result:
        nonlocal raised
        result = do(transaction)
        # Set first: the answer to a counter that was raised may be lost.
        raised = True
        raise_writing(store)
        failpoint("apply.writing_raised")
        return result

    try:
        result = store.transact(work, timeout_seconds=timeout_seconds)
    except Exception:
        if raised:
            with contextlib.suppress(StoreUnavailable):
                level(store)
        raise
    failpoint("apply.committed")
    return result, level(store)


def raise_writing(store: Store) -> int:
    """Tell readers that a commit is coming; return the sequence it will have."""

    def work(transaction: Work) -> int:
        # Only a look: the transaction whose commit is coming holds the lock.
        if store.fence is not None:
            store.fence.look(transaction)
        return int(transaction.run(RAISE_WRITING)[0]["sequence"])

    return store.transact(work, fenced=False)


def level(store: Store) -> int:
    """Set `published` to `writing` and return it; 0 on a graph that was never published.

    Within a fence it waits for a transaction whose answer was lost: that one holds the lease until it has ended.
    """
    rows = store.write(RAISE_PUBLISHED)
    failpoint("apply.published")
    return int(rows[0]["sequence"]) if rows else 0
