"""What is asked: how many, of whom, at what cost, how many per group, who in any case."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gnn.view import Floats, Integers
from graph.errors import ConfigurationError

WITH_K = "greedy reaches at least 1 - 1/e (.632) of the best possible on the sets drawn"
WITH_QUOTA = "greedy under quotas reaches at least 1/2 of the best possible on the sets drawn"
WITH_BUDGET = (
    "the better of greedy by spread and greedy by spread per cost reaches at least (1 - 1/e)/2 (.316) of the best "
    "possible on the sets drawn"
)
WITH_ALL = "no ratio is known beforehand for a budget together with quotas or a number: the certified one holds"


@dataclass(frozen=True, slots=True)
class Question:
    """Checked and ready for the greedy; make it with `asked`.

    ``candidates`` may be chosen, ``include`` are chosen in any case and first; ``most``, ``left`` [group] and
    ``budget_left`` are what then remains. ``cost`` [node] is empty without a budget.
    """

    candidates: NDArray[np.int32]
    include: NDArray[np.int32]
    most: int
    group: Integers
    left: Integers
    cost: Floats
    budget_left: float
    guarantee: str

    @property
    def orders(self) -> tuple[bool, ...]:
        """By spread alone, and where costs count also by spread per cost."""
        return (False, True) if len(self.cost) else (False,)


def asked(
    nodes: int,
    candidates: Sequence[int] | Integers,
    k: int | None = None,
    *,
    include: Sequence[int] = (),
    exclude: Sequence[int] = (),
    group: Integers | None = None,
    quota: int | None = None,
    cost: Floats | None = None,
    budget: float | None = None,
) -> Question:
    """A question to be answered over ``nodes`` nodes; raise `ConfigurationError` when nothing can satisfy it.

    Those included count towards ``k``, their group's ``quota`` and the ``budget``. ``group`` [node] is -1 for those
    in none, who cannot be chosen under a quota; ``cost`` [node] is positive.
    """
    forced = np.asarray(include, dtype=np.int32)
    allowed = np.zeros(nodes, dtype=bool)
    allowed[np.asarray(candidates, dtype=np.int64)] = True
    allowed[np.asarray(exclude, dtype=np.int64)] = False
    allowed[forced] = False
    if quota is not None and group is not None:
        allowed &= group >= 0
    if budget is not None and cost is not None:
        allowed &= np.isfinite(cost)
    free = np.flatnonzero(allowed).astype(np.int32)
    if k is not None:
        _check_number(k, len(free), len(forced))
    whole = len(free) + len(forced) if k is None else k
    groups, left = _room(nodes, group, quota, forced, whole)
    costs, money = _money(cost, budget, forced)
    return Question(free, forced, whole - len(forced), groups, left, costs, money, _guarantee(k, quota, budget))


def _check_number(k: int, free: int, forced: int) -> None:
    if k < 1:
        raise ConfigurationError(f"k={k}: choose at least one")
    if forced > k:
        raise ConfigurationError(f"{forced} are included and k is {k}: raise k, or include fewer")
    if k > free + forced:
        raise ConfigurationError(f"k={k} is more than the {free + forced} candidates: ask for at most that many")


def _room(
    nodes: int, group: Integers | None, quota: int | None, forced: NDArray[np.int32], whole: int
) -> tuple[Integers, Integers]:
    if quota is None or group is None:
        return np.zeros(nodes, dtype=np.int64), np.array([whole], dtype=np.int64)
    if quota < 1:
        raise ConfigurationError(f"quota={quota}: let at least one of each group be chosen")
    # Included ones of no group take nobody's place.
    used = np.bincount(group[forced][group[forced] >= 0], minlength=int(group.max(initial=-1)) + 1)
    if (used > quota).any():
        raise ConfigurationError(f"{used.max()} of one group are included and the quota is {quota}: raise it")
    return np.maximum(group, 0), (quota - used).astype(np.int64)


def _money(cost: Floats | None, budget: float | None, forced: NDArray[np.int32]) -> tuple[Floats, float]:
    if cost is None or budget is None:
        return np.zeros(0), 0.0
    spent = float(cost[forced].sum())
    if not np.isfinite(spent):
        raise ConfigurationError("one that is included has no cost: give it one")
    if spent > budget:
        raise ConfigurationError(f"those included cost {spent:g} and the budget is {budget:g}: raise it")
    return np.asarray(cost, dtype=np.float64), budget - spent


def _guarantee(k: int | None, quota: int | None, budget: float | None) -> str:
    if budget is None:
        return WITH_K if quota is None else WITH_QUOTA
    return WITH_BUDGET if k is None and quota is None else WITH_ALL
