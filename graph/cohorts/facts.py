"""What cohorts are made of, read from the graph in list-shaped records."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from graph.cohorts.publication import MEASURES
from graph.disclosure.lattice import NO, YES, Atom, Lattice
from graph.disclosure.months import Reach, next_month
from graph.store import Store


def read_reach(store: Store) -> Reach:
    """How far the therapy starts reach."""
    row = store.read("analytics/cohort_reach")[0]
    first, last = row["first_start"], row["known_to"]
    return Reach(None if first is None else first.to_native(), None if last is None else last.to_native())


@dataclass(frozen=True, slots=True)
class Values:
    """The lattice as the twin spans it now, and its products."""

    lattice: Lattice
    products: frozenset[str]


def read_values(store: Store) -> Values:
    """Values of each dimension; they come from plans and prescribers, so that they tell nothing of people."""
    row = store.read("analytics/cohort_values")[0]
    axes = (tuple(sorted(set(row[name]))) for name in ("plan_kinds", "states", "sites"))
    return Values(Lattice(tuple(axes), MEASURES), frozenset(row["products"]))


def read_atoms(store: Store, lattice: Lattice, month: datetime.date) -> dict[str, list[Atom]]:
    """The atom of each person who started in the month, by product; who started twice counts with the first start."""
    firsts: dict[tuple[str, str], tuple[Any, ...]] = {}
    for part in store.read("analytics/cohort_start", first=month, next=next_month(month)):
        columns = ("product", "person", "written_on", "id", "plan_kind", "state", "site", "dispensed", "rejected")
        for product, person, *start in zip(*(part[name] for name in columns), strict=True):
            known = firsts.get((product, person))
            if known is None or tuple(start[:2]) < known[:2]:
                firsts[product, person] = tuple(start)
    places = [{name: at for at, name in enumerate(values)} for values in lattice.values]
    atoms: dict[str, list[Atom]] = {}
    for (product, _), (_, _, *group, dispensed, rejected) in firsts.items():
        told = (places[axis][name] for axis, name in enumerate(group))
        atoms.setdefault(product, []).append((*told, YES if dispensed else NO, YES if rejected else NO))
    return dict(sorted(atoms.items()))
