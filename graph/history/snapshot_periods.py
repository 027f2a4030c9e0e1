"""When an affiliation was known: current ones and the log of those that came and went, as periods."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from graph.history.snapshot_tables import EVER, NEVER

Pair = tuple[str, str]


def affiliation_periods(
    current: Mapping[str, Iterable[Any]], changes: Mapping[str, Iterable[Any]]
) -> dict[str, list[Any]]:
    """Columns of the affiliation table.

    ``current`` has the columns hcp and account, ``changes`` hcp, account, added (true or false) and known_at (a day).
    What was there before its first change was always known.
    """
    pairs: set[Pair] = set(zip(current["hcp"], current["account"], strict=True))
    events: dict[Pair, list[tuple[int, bool]]] = defaultdict(list)
    rows = zip(changes["hcp"], changes["account"], changes["added"], changes["known_at"], strict=True)
    for hcp, account, added, day in rows:
        events[hcp, account].append((int(day), bool(added)))
    found: dict[str, list[Any]] = {"hcp": [], "account": [], "known_at": [], "ended_at": []}
    for pair in sorted(pairs | events.keys()):
        for began, ended in _periods(sorted(events[pair]), pair in pairs):
            for column, value in zip(found, (*pair, began, ended), strict=True):
                found[column].append(value)
    return found


def _periods(events: list[tuple[int, bool]], holds: bool) -> list[tuple[int, int]]:
    """(first day known, day its end was known) of each stretch; ``holds`` says whether it is there now."""
    periods = []
    # Before a first event that ends it, it must have been there; before one that adds it, not.
    open_since: int | None = EVER if (not events and holds) or (events and not events[0][1]) else None
    for day, added in events:
        if added and open_since is None:
            open_since = day
        elif not added and open_since is not None:
            periods.append((open_since, day))
            open_since = None
    if holds and open_since is not None:
        periods.append((open_since, NEVER))
    return periods
