"""Working in batches, so that memory does not grow with the world."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of at most `size` items, in order (`itertools.batched` needs a newer Python)."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part
