"""The four components of influence, each in its own unit and never blended.

Science, nominations and the position in the shared-patient network are facts about an HCP. How early it took up a
product belongs to HCP and product. None of them says how many starts of others an HCP causes: that is `gnn.influence`.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from gnn.features.leaders import nominations, works
from gnn.roll_ups import FEWEST_PRESCRIBERS
from gnn.view import Floats, Integers, View, counted
from graph.store import Store, Work, parts, publish


@dataclass(frozen=True, slots=True)
class Components:
    """What is known of every HCP, all [hcp]; None where the twin holds no such record of anybody.

    ``works`` of three years, ``received`` patients of the newest year, ``named`` in surveys so often, and ``by_ties``
    how often the attention of those asked would have it named.
    """

    works: Floats | None
    received: Floats | None
    named: Floats | None
    by_ties: Floats | None


def components(view: View) -> Components:
    """Of all HCPs as of the view's day."""
    science = works(view) if len(view.snapshot.tables["science"]["id"]) else None
    received = np.asarray(view.ties.sum(axis=0)).ravel() if view.ties.nnz else None
    named, by_ties = nominations(view)
    if not named.any():
        return Components(science, received, None, None)
    return Components(science, received, named, by_ties if view.ties.nnz else None)


def clinical_lead(view: View, product: int, withholding: Collection[str] = ()) -> Floats:
    """[hcp]: starts of the product it had written, on average, when another of its specialty and state wrote its first.

    Who writes early and much leads; who has written none, or began last, leads by none. The others are those who have
    begun by the day, without the ids in ``withholding``; not-a-number where they are fewer than three, or specialty or
    state is not known.
    """
    starts = view.starts
    used = (starts.hcp >= 0) & (starts.product == product)
    writer, written = starts.hcp[used], starts.written[used]
    first = np.full(view.hcps, np.iinfo(np.int64).max)
    np.minimum.at(first, writer, written)
    begun = (first < np.iinfo(np.int64).max) & ~np.isin(view.snapshot.column("hcp", "id"), list(withholding))
    group = _group(view)
    grouped, told = group >= 0, (group >= 0) & begun
    size = np.bincount(group[told], minlength=int(group.max(initial=0)) + 1)
    others = size[group] - begun
    # Days of one group follow those of the one before, so that all groups are searched at once.
    day = int(written.min(initial=0))
    span = int(written.max(initial=0)) - day + 1
    began = np.sort(group[told] * span + first[told] - day)
    used = grouped[writer]
    writer, at = writer[used], (group[writer] * span + written - day)[used]
    # Nobody begins after a start of its own: whoever is left began later and is somebody else.
    later = np.cumsum(size)[group[writer]] - np.searchsorted(began, at, side="right")
    ahead = counted(view.hcps, writer, later)
    return np.where(grouped & (others >= FEWEST_PRESCRIBERS), ahead / np.maximum(others, 1), np.nan)


def _group(view: View) -> Integers:
    """[hcp]: one number per specialty and state, or -1 where either is not known."""
    snapshot = view.snapshot
    known = (snapshot.column("hcp", "taxonomy") != "") & (snapshot.column("hcp", "state") != "")
    specialty, state = view.codes("hcp", "taxonomy"), view.codes("hcp", "state")
    return np.where(known, specialty * (int(state.max(initial=-1)) + 1) + state, -1)


def write_components(store: Store, view: View) -> None:
    """Replace what is known of all HCPs in one transaction; those unknown by the view's day lose it."""
    found = components(view)
    ids = view.snapshot.column("hcp", "id").tolist()
    nothing = [None] * len(ids)
    counts = (found.works, found.received, found.named)
    whole = [nothing if one is None else one.astype(np.int64).tolist() for one in counts]
    by_ties = nothing if found.by_ties is None else found.by_ties.tolist()
    rows = list(map(list, zip(ids, *whole, by_ties, strict=True)))

    def work(transaction: Work) -> None:
        transaction.run("analytics/components_clear", {})
        for part in parts(rows):
            transaction.run("analytics/components_write", {"rows": part, "as_of": view.snapshot.as_of})

    publish(store, work)
