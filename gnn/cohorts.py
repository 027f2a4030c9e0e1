"""Cohort segments as row numbers: kinds of plan, states and sites of care, as published cohorts name them."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.view import Integers, View
from graph.disclosure.lattice import ALL

SEVERAL, UNKNOWN = "several", "unknown"


@dataclass(frozen=True, slots=True)
class CohortSegment:
    """A segment of one level by its value of each dimension, of all products and months."""

    level: str
    plan_kind: str = ALL
    state: str = ALL
    site_of_care: str = ALL

    @property
    def id(self) -> str:
        """Stable over runs."""
        text = "|".join((self.plan_kind, self.state, self.site_of_care))
        return f"seg_{hashlib.sha256(text.encode()).hexdigest()[:20]}"


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The segments of a view: names of each dimension's values, and the number of that of each plan or HCP."""

    kinds: tuple[str, ...]
    states: tuple[str, ...]
    sites: tuple[str, ...]
    kind: Integers
    """[plan]"""
    state: Integers
    """[hcp]"""
    site: Integers
    """[hcp]"""

    def of(self, level: str, hcp: Integers, plan: Integers) -> Integers:
        """[row]: the number of the segment at a level to which prescriber and plan belong."""
        match level:
            case "planKind":
                return self.kind[plan]
            case "state":
                return self.state[hcp]
            case "siteOfCare":
                return self.site[hcp]
            case "state+siteOfCare":
                return self.place[hcp]
        return np.zeros(len(hcp), dtype=np.int64)

    @property
    def place(self) -> Integers:
        """[hcp]: state and site of care as one number."""
        return self.state * len(self.sites) + self.site

    def count(self, level: str) -> int:
        """How many segments a level has."""
        kinds, states, sites = len(self.kinds), len(self.states), len(self.sites)
        return {"planKind": kinds, "state": states, "siteOfCare": sites, "state+siteOfCare": states * sites}.get(
            level, 1
        )

    def segment(self, level: str, number: int) -> CohortSegment:
        """The segment of a level with that number."""
        match level:
            case "planKind":
                return CohortSegment(level, plan_kind=self.kinds[number])
            case "state":
                return CohortSegment(level, state=self.states[number])
            case "siteOfCare":
                return CohortSegment(level, site_of_care=self.sites[number])
            case "state+siteOfCare":
                state, site = divmod(number, len(self.sites))
                return CohortSegment(level, state=self.states[state], site_of_care=self.sites[site])
        return CohortSegment(level)


def cohorts_of(view: View) -> Cohorts:
    """The segments of a view, computed once for it."""
    return view.once(_cohorts)


def _cohorts(view: View) -> Cohorts:
    kinds, kind = _numbered(view.snapshot.column("plan", "kind"))
    states, state = _numbered(view.snapshot.column("hcp", "state"))
    sites, site = _numbered(_site_of(view))
    return Cohorts(kinds, states, sites, kind, state, site)


def _numbered(words: NDArray[np.str_]) -> tuple[tuple[str, ...], Integers]:
    names, number = np.unique(np.where(words == "", UNKNOWN, words), return_inverse=True)
    return tuple(names.tolist()), number.astype(np.int64)


def _site_of(view: View) -> NDArray[np.str_]:
    """[hcp]: the kind of its accounts, `several` when they differ, empty where none is known."""
    names, kind = np.unique(view.snapshot.column("account", "kind"), return_inverse=True)
    told = np.flatnonzero(names != "")
    of_kind = np.zeros((view.accounts, len(names)))
    of_kind[np.arange(view.accounts), kind] = 1
    has = np.asarray(view.at_account @ of_kind)[:, told] > 0
    found = np.full(view.hcps, "", dtype=np.dtype(f"<U{max(32, names.dtype.itemsize // 4)}"))
    one = has.sum(axis=1) == 1
    if len(told):
        found[one] = names[told][has[one].argmax(axis=1)]
    found[has.sum(axis=1) > 1] = SEVERAL
    return found
