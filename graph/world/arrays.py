"""Names for the array types used all over the sample world."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
ROWS_AT_ONCE = 20_000


def logistic(value: Floats) -> Floats:
    """The probability that belongs to a logit, element by element."""
    return np.asarray(1.0 / (1.0 + np.exp(-value)), dtype=np.float64)


def together(*columns: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows of arrays of one length as plain values, a part at a time."""
    for first in range(0, len(columns[0]), ROWS_AT_ONCE):
        here = slice(first, first + ROWS_AT_ONCE)
        yield from zip(*(column[here].tolist() for column in columns), strict=True)
