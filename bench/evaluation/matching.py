"""Rows of a snapshot as places in the world that made it."""

import numpy as np
from numpy.typing import NDArray

from bench.evaluation.worlds import Judged
from graph.world.products import PRODUCTS

Integers = NDArray[np.int64]


def hcps(case: Judged) -> Integers:
    """[hcp of the snapshot]: place in the world."""
    return _places(case.snapshot.column("hcp", "npi").tolist(), list(case.world.hcps.npi))


def plans(case: Judged) -> Integers:
    """[plan of the snapshot]: place in the world."""
    known = list(case.world.payers.plan_name)
    # One plan's name goes on in the file with a word that has a letter outside ASCII.
    wanted = [
        max((name for name in known if told.startswith(name)), key=len)
        for told in case.snapshot.column("plan", "name").tolist()
    ]
    return _places(wanted, known)


def products(case: Judged) -> Integers:
    """[product of the snapshot]: place in the world."""
    return _places(case.snapshot.column("product", "brand").tolist(), [one.brand for one in PRODUCTS])


def _places(wanted: list[str], known: list[str]) -> Integers:
    place = {str(name): at for at, name in enumerate(known)}
    if len(place) < len(known):
        raise ValueError("names in the world are not unique: rows cannot be matched")
    return np.array([place[name] for name in wanted], dtype=np.int64)
