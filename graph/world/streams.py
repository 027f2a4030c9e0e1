"""Random streams with names.

Each part of the world draws from a stream of its own, so a part that draws once more
does not move the others, and two regimes of one seed share everything but the dynamics.
"""

from hashlib import sha256

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """The random generator of the part called `name` in the world of `seed`."""
    words = np.frombuffer(sha256(name.encode()).digest()[:16], dtype="<u4")
    return np.random.default_rng([seed, *(int(word) for word in words)])
