"""What cohorts are made of, read from the graph in list-shaped records."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from graph.cohorts.lattice import NO, YES, Atom, Lattice
from graph.store import Store

MATURE_DAYS = 60
"""After its last day a month's outcomes are known, and late claims are there."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which months can be published: ``first_start`` is None without any therapy start."""

    first_start: datetime.date | None
    known_to: datetime.date | None

    def mature_months(self) -> list[datetime.date]:
        """Every mature month but the first, of which only a part was observed."""
        if self.first_start is None or self.known_to is None:
            return []
        months, month = [], next_month(self.first_start)
        while next_month(month) + datetime.timedelta(days=MATURE_DAYS - 1) <= self.known_to:
            months.append(month)
            month = next_month(month)
        return months


def next_month(day: datetime.date) -> datetime.date:
    """The first day of the month after the one of ``day``."""
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


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
    return Values(Lattice(tuple(axes)), frozenset(row["products"]))


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
