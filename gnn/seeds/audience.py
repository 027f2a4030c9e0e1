"""Who may be chosen: consent, choices of privacy, territories, costs; all as of now."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gnn.levels import territory_of
from gnn.view import Booleans, Floats, Integers, View
from graph.errors import ConfigurationError, NotFound
from graph.store import Store


@dataclass(frozen=True, slots=True)
class Audience:
    """Per HCP of a snapshot: what keeps it from being chosen, and to which of the ``names`` of territories it belongs.

    ``territory`` is -1 outside all of them.
    """

    withholding: Booleans
    inactive: Booleans
    agreed: Booleans
    territory: Integers
    names: tuple[str, ...]


def read_audience(store: Store, view: View, territories: Sequence[str], channel: str | None) -> Audience:
    """Choices and territories as the graph has them now; with ``channel`` whoever opted in to it has agreed.

    Raise `NotFound` for a territory that does not exist and for a channel about which nobody has chosen anything.
    """
    row = store.read("analytics/seed_audience", channel=channel)[0]
    if channel is not None:
        _require_channel(store, channel)
    named = store.read("analytics/seed_territories", territories=list(territories))
    names = [found["territory"] for found in named]
    if unknown := [name for name in territories if name not in names]:
        known = ", ".join(found["territory"] for found in store.read("analytics/seed_territories", territories=[]))
        raise NotFound(f"unknown territory {unknown[0]!r}: use one of {known or 'an alignment, none is loaded'}")
    within = [view.snapshot.positions("territory", np.array(found["within"], dtype=np.str_)) for found in named]
    agreed = np.ones(view.hcps, dtype=bool) if channel is None else _marked(view, row["agreed"])
    return Audience(
        _marked(view, row["withholding"]), _marked(view, row["inactive"]), agreed,
        _first_of(view, within) if territories else _own(view, within), tuple(names),
    )  # fmt: skip


def _require_channel(store: Store, channel: str) -> None:
    known = [row["channel"] for row in store.read("analytics/consent_channels")]
    if channel not in known:
        one = f"use one of {', '.join(known)}" if known else "no choice of any HCP is loaded"
        raise NotFound(f"unknown channel {channel!r}: {one}")


def read_costs(path: Path, places: Mapping[str, int], hcps: int) -> Floats:
    """[hcp] cost from a CSV file with the columns npi and cost; infinite where the file names none.

    Raise `ConfigurationError` naming the line that cannot be used.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(
            f"costs {str(path)!r} cannot be read ({type(error).__name__}): name a CSV file"
        ) from None
    costs = np.full(hcps, np.inf)
    for number, row in enumerate(rows, start=2):
        if not {"npi", "cost"} <= row.keys():
            raise ConfigurationError(f"costs {str(path)!r}: the columns are {list(row)!r}, not npi and cost")
        cost = _number(row["cost"])
        if not 0 < cost < np.inf:
            raise ConfigurationError(f"costs {str(path)!r}, line {number}: cost {row['cost']!r} is not above 0")
        place = places.get((row["npi"] or "").strip())
        if place is not None:
            costs[place] = cost
    if not np.isfinite(costs).any():
        raise ConfigurationError(f"costs {str(path)!r} names no HCP of the twin: write lines of npi,cost")
    return costs


def _number(text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        return float("nan")


def _marked(view: View, ids: Sequence[str]) -> Booleans:
    found = view.snapshot.positions("hcp", np.array(ids, dtype=np.str_))
    marked = np.zeros(view.hcps, dtype=bool)
    marked[found[found >= 0]] = True
    return marked


def _first_of(view: View, within: Sequence[Integers]) -> Integers:
    """[hcp]: the first of several wider territories to which it is aligned, or -1."""
    found = np.full(view.hcps, -1, dtype=np.int64)
    for number, rows in enumerate(within):
        aligned = np.asarray(view.in_territory[:, rows[rows >= 0]].sum(axis=1)).ravel() > 0
        found[aligned & (found < 0)] = number
    return found


def _own(view: View, within: Sequence[Integers]) -> Integers:
    """[hcp]: the number of its own territory, or -1."""
    number = np.full(view.territories + 1, -1, dtype=np.int64)
    for place, rows in enumerate(within):
        number[rows[rows >= 0]] = place
    return number[territory_of(view)]
