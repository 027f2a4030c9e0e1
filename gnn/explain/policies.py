"""Forks of a snapshot in which one coverage policy asks for nothing, or its newest change never came."""

from collections.abc import Iterator

import numpy as np

from gnn.explain.effect import Kind
from gnn.reasons import ASKED, listed
from gnn.view import Integers, View
from graph.history.snapshot_deltas import RESTRICTIONS, Delta, LiftPolicy, WithoutPolicy, replaced
from graph.history.snapshot_tables import date_of


def forks(view: View, policies: Integers) -> Iterator[tuple[Kind, int, View]]:
    """Per policy, given by its row: without its restrictions, if any, and without its newest change, if known."""
    for row in np.unique(policies[policies >= 0]).tolist():
        if restricted(view, row):
            yield Kind.POLICY, row, fork_of(view, [row], [])
        if before(view, row):
            yield Kind.CHANGE, row, fork_of(view, [], [row])


def fork_of(view: View, lifted: list[int], undone: list[int]) -> View:
    """Without the restrictions of some policies and without the newest change that others were, all at once."""
    deltas: list[Delta] = [WithoutPolicy(_id(view, row)) for row in undone]
    deltas += [LiftPolicy(_id(view, row), view.day) for row in lifted]
    return view.with_policies_of(view.snapshot.with_(deltas))


def restricted(view: View, row: int) -> bool:
    """Whether the policy asks for anything."""
    return any(view.snapshot.tables["policy"][clause][row] == 1 for clause in RESTRICTIONS)


def change_words(view: View, row: int, plan: str, brand: str) -> str:
    """What a policy changed for a plan when it came into force."""
    table = view.snapshot.tables["policy"]
    earlier = int(np.flatnonzero(table["id"] == before(view, row)[0])[0])
    on = date_of(table["effective_from"][row])
    added = [words for name, words in ASKED.items() if table[name][row] == 1 != table[name][earlier]]
    dropped = [words for name, words in ASKED.items() if table[name][earlier] == 1 != table[name][row]]
    told = [f"{verb} {listed(words)}" for verb, words in (("added", added), ("dropped", dropped)) if words]
    old, new = table["tier"][earlier], table["tier"][row]
    if old != new and not np.isnan(old + new):
        told.append(f"moved it from tier {old:.0f} to {new:.0f}")
    return f"{plan} {' and '.join(told) or 'renewed its policy'} for {brand} on {on}"


def before(view: View, row: int) -> list[str]:
    """Ids of the policies that this one replaced."""
    return replaced(view.snapshot.tables, _id(view, row))


def _id(view: View, row: int) -> str:
    return str(view.snapshot.column("policy", "id")[row])
