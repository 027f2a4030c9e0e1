"""Names for the array types used all over the sample world."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


def logistic(value: Floats) -> Floats:
    """The probability that belongs to a logit, element by element."""
    return np.asarray(1.0 / (1.0 + np.exp(-value)), dtype=np.float64)
