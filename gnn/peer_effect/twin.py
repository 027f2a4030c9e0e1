"""The course of a product as a snapshot knows it: adoption, ties, lottery, and what else was known of everybody."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnn.features.adoption import AdoptionFeatures
from gnn.peer_effect.course import Course, Lottery
from gnn.tasks import ADOPTION
from gnn.view import LOOKBACK, Floats, Integers, View, counted
from graph.errors import ModelError, NotFound
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import EVER, date_of

WINDOW = 28
"""Days of a window: short, so that few who adopt in one have been moved by others in the same."""
MOST_WINDOWS = 26
FEWEST_WINDOWS = 6
PAST = 182
"""Days over which calls and messages are counted."""
FOLLOWS, FOLLOWED = "sends patients to", "receives patients from"
"""Directions of ties; an HCP is taken to look at those to whom it sends patients."""
GROUPS = {"practice": "practice", "position": "position", "access": "payer"}
"""Groups of the adoption features that say nothing of adoption itself, and what they are here."""


@dataclass(frozen=True, slots=True)
class Told:
    """A course, and the days it covers: ``first`` is the first day of the first window, ``last`` the last
    that of the last."""

    course: Course
    place: int
    """Row of the product."""
    first: int
    last: int


def course_of(whole: Snapshot, product: str) -> Told:
    """The course of the product with this id or brand; raise `NotFound` or `ModelError`.

    Covariates are read as of the day before each window. Windows end where claims have matured. A product that was
    there before claims began has no course: of most HCPs the first start was never seen.
    """
    view = View(whole)
    place = _product(whole, product)
    starts = view.starts
    mine = (starts.product == place) & (starts.hcp >= 0)
    first_start = np.full(view.hcps, np.iinfo(np.int64).max)
    np.minimum.at(first_start, starts.hcp[mine], starts.written[mine])
    name = str(whole.column("product", "id")[place])
    begins = _first_day(whole, view, place, first_start)
    last = whole.day - ADOPTION.maturity
    windows = min(MOST_WINDOWS, (last - begins + 1) // WINDOW)
    if windows < FEWEST_WINDOWS:
        raise ModelError(
            f"peer effect of {product!r}: {max(0, last - begins + 1)} days of its starts have matured: at least "
            f"{FEWEST_WINDOWS * WINDOW} are needed; load a longer history"
        )
    first = last - windows * WINDOW + 1
    since = np.clip((first_start - first) // WINDOW, -1, windows)
    days = [first + WINDOW * window - 1 for window in range(windows)]
    tables = [_covariates(whole, name, day) for day in days]
    names, groups = tables[0][1], tables[0][2]
    return Told(
        Course(
            ties={FOLLOWS: view.ties, FOLLOWED: sparse.csr_matrix(view.ties.T)},
            since=since,
            covariates=np.stack([values for values, _, _ in tables]),
            names=names,
            groups=groups,
            specialty=view.codes("hcp", "taxonomy"),
            region=_region(view),
            lottery=_lottery(whole, name, first, windows),
        ),
        place,
        first,
        last,
    )


def _product(whole: Snapshot, product: str) -> int:
    for column in ("id", "brand"):
        found = np.flatnonzero(np.char.lower(whole.column("product", column)) == product.lower())
        if len(found) == 1:
            return int(found[0])
    known = ", ".join(sorted(whole.column("product", "brand").tolist()))
    raise NotFound(f"product {product!r} is not in the twin: use an id or one of the brands {known}")


def _first_day(whole: Snapshot, view: View, place: int, first_start: Integers) -> int:
    """The day before which nobody's first start can be told: the launch, or the first start, or of any product."""
    launched = int(whole.column("product", "launched_on")[place])
    earliest = int(first_start.min(initial=np.iinfo(np.int64).max))
    brand = str(whole.column("product", "brand")[place])
    if earliest == np.iinfo(np.int64).max:
        raise ModelError(f"peer effect: no start of product {brand!r} is known: load its claims, or use a later day")
    claims = view.first_written - LOOKBACK
    if launched == EVER:
        raise ModelError(f"peer effect: the launch of product {brand!r} is not known: load its day, launchedOn")
    if launched < claims:
        raise ModelError(
            f"peer effect: product {brand!r} was launched on {date_of(launched)}, before claims began about "
            f"{date_of(claims)}: who was first was never seen; name a product launched later"
        )
    return max(launched, view.first_written, min(earliest, whole.day))


def _covariates(whole: Snapshot, product: str, day: int) -> tuple[Floats, tuple[str, ...], tuple[str, ...]]:
    """[hcp, column] as of a day, for the HCPs of the whole snapshot; zero for those not known yet."""
    snapshot = whole.at(day)
    view = View(snapshot)
    place = int(snapshot.positions("product", np.array([product]))[0])
    practice = AdoptionFeatures(view, place).practice.only(set(GROUPS))
    columns = dict(zip(practice.names, practice.values.T, strict=True))
    groups = [GROUPS[group] for group in practice.groups]
    hcp = snapshot.reference("call", "hcp", "hcp")
    recent = (snapshot.column("call", "occurred_on") > day - PAST) & (hcp >= 0)
    email = snapshot.column("call", "email") == 1
    for name, chosen in (("calls", recent & ~email), ("messages", recent & email)):
        columns[name] = np.log1p(counted(view.hcps, hcp[chosen]))
        groups.append("promotion")
    values = np.zeros((whole.count("hcp"), len(columns)))
    values[whole.positions("hcp", snapshot.column("hcp", "id"))] = np.stack(list(columns.values()), axis=1)
    return values, tuple(columns), tuple(groups)


def _region(view: View) -> Integers:
    """[hcp]: the territory, where several the first, and the state for those in none."""
    region = np.full(view.hcps, -1, dtype=np.int64)
    matrix = view.in_territory.tocoo()
    order = np.argsort(-matrix.col, kind="stable")
    region[matrix.row[order]] = matrix.col[order]
    state = view.codes("hcp", "state")
    return np.where(region >= 0, region, view.territories + state)


def _lottery(whole: Snapshot, product: str, first: int, windows: int) -> Lottery:
    """Draws for the product, or for none in particular, in each window; those before the first do not count."""
    table = whole.tables["suggestion"]
    hcp = whole.reference("suggestion", "hcp", "hcp")
    window = (table["suggested_on"].astype(np.int64) - first) // WINDOW
    chance = table["propensity"]
    used = (hcp >= 0) & (window >= 0) & (window < windows) & (chance > 0) & (chance < 1)
    used &= (table["product"] == product) | (table["product"] == "")
    shown = table["arm"] != "control"
    # The log holds the probability of what was drawn.
    odds = np.where(shown, chance, 1 - chance)[used]
    shape, index = (windows, whole.count("hcp")), (window[used], hcp[used])
    return Lottery(counted(shape, index, shown[used] - odds), counted(shape, index, odds * (1 - odds)))
