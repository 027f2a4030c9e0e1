"""Rows in parts that fit into one statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

Row = TypeVar("Row")
BATCH = 10_000
"""Rows of a statement and, while readers see nothing of it, of a transaction: some 90 MB of the server's memory."""


def parts(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """At most `BATCH` rows at a time."""
    for low in range(0, len(rows), BATCH):
        yield list(rows[low : low + BATCH])
