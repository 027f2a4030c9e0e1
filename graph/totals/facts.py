"""What totals are made of, read from the graph."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from graph.disclosure.lattice import Atom
from graph.disclosure.months import Reach, next_month
from graph.store import Store
from graph.totals.topic import TOPICS, Topic


@dataclass(frozen=True, slots=True)
class Roster:
    """Every HCP's group on the dimensions, by id, with the values of each dimension; who withholds their prescribing.

    All but the last is public: anybody knows how many HCPs a group has.
    """

    values: tuple[tuple[str, ...], ...]
    groups: dict[str, Atom]
    withholding: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one HCP did in a month: an amount for each place of the topic's outcome, or one without outcome."""

    group: Atom
    amounts: tuple[int, ...]


def read_roster(store: Store) -> Roster:
    """Where every HCP belongs; it comes from their identity and accounts, never from what they did."""
    row = store.read("analytics/total_hcp")[0]
    columns = [row[name] for name in ("state", "specialty", "site")]
    values = tuple(tuple(sorted(set(column))) for column in columns)
    places = [{name: at for at, name in enumerate(axis)} for axis in values]
    groups = {
        hcp: tuple(places[axis][name] for axis, name in enumerate(group))
        for hcp, *group in zip(row["id"], *columns, strict=True)
    }
    withholding = (hcp for hcp, withholds in zip(row["id"], row["withholds"], strict=True) if withholds)
    return Roster(values, groups, frozenset(withholding))


def read_reaches(store: Store) -> dict[str, Reach]:
    """How far the facts of each topic reach; a topic without facts has no row."""
    found = dict.fromkeys(TOPICS, Reach(None, None))
    for row in store.read("analytics/total_reach"):
        first, last = row["first"], row["known_to"]
        found[row["topic"]] = Reach(first.to_native(), None if last is None else last.to_native())
    return found


def read_contributions(
    store: Store, topic: Topic, roster: Roster, month: datetime.date
) -> dict[str, list[Contribution]]:
    """Who did how much in the month, by product; `all` where products are not told apart."""
    row = store.read(topic.statement, first=month, next=next_month(month))[0]
    found: dict[str, list[Contribution]] = {}
    for hcp, product, amounts in zip(row["hcp"], row["product"], row["amounts"], strict=True):
        if topic.with_withholding or hcp not in roster.withholding:
            found.setdefault(product, []).append(Contribution(roster.groups[hcp], tuple(amounts)))
    return dict(sorted(found.items()))
