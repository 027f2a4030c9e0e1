"""The levels at which predictions are given, as group numbers per row."""

from collections.abc import Mapping

import numpy as np

from gnn.cohorts import cohorts_of
from gnn.samples import Sample
from gnn.view import Integers, View
from graph.schema.cohort import SEGMENT_LEVELS

COHORTS: Mapping[str, str] = {f"cohort {level}": level for level in SEGMENT_LEVELS}
"""The levels of cohort segments by their names among all levels."""
WIDE = ("payer", *COHORTS)
"""Levels of so many starts that what the model gets wrong of many plans at once is more than their own chance."""


def account_of(view: View) -> Integers:
    """[hcp]: the account of the HCP with the lowest row number, or -1."""
    return _first(view.at_account.indptr, view.at_account.indices)


def territory_of(view: View) -> Integers:
    """[hcp]: territory, or -1."""
    return _first(view.in_territory.indptr, view.in_territory.indices)


def levels_of(sample: Sample) -> Mapping[str, Integers]:
    """Per level one non-negative group number per row, or -1 where the row belongs to no group of it."""
    view = sample.view
    account, territory = account_of(view)[sample.hcp], territory_of(view)[sample.hcp]
    if (sample.plan < 0).all():
        # Single outcomes cannot show a spread; colleagues of one account are the smallest group.
        return {"hcp": account}
    plan = sample.plan * view.products + sample.product
    payer = view.plan_payer[sample.plan]
    cohorts = cohorts_of(view)
    return {
        "hcp_plan": sample.hcp * view.plans * view.products + plan,
        "plan": plan,
        "payer": np.where(payer >= 0, payer * view.products + sample.product, -1),
        "account": np.where(account >= 0, account * view.products + sample.product, -1),
        "territory": np.where(territory >= 0, territory * view.products + sample.product, -1),
        **{
            name: cohorts.of(level, sample.hcp, sample.plan) * view.products + sample.product
            for name, level in COHORTS.items()
        },
    }


def _first(starts: object, columns: object) -> Integers:
    pointer, column = np.asarray(starts), np.asarray(columns)
    has = pointer[1:] > pointer[:-1]
    found = np.full(len(has), -1, dtype=np.int64)
    found[has] = column[pointer[:-1][has]]
    return found
