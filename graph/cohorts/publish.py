"""The publishing of cohorts: each month once, when it is mature, audited, and never changed afterwards."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass
from typing import Any

from graph.cohorts.audit import is_proven
from graph.cohorts.edition import Edition, Row
from graph.cohorts.facts import Values, read_atoms, read_reach, read_values
from graph.cohorts.lattice import MEASURES, Atom, Lattice
from graph.cohorts.ledger import Ledger
from graph.cohorts.suppress import choose
from graph.errors import DisclosureError, GraphMismatch
from graph.ingest.recovery import sole_writer
from graph.progress import say
from graph.settings import Settings
from graph.stopping import safe_place
from graph.store import Store, Work, open_store
from graph.store import publish as publish_in_one

PART = 10_000


@dataclass(frozen=True, slots=True)
class CohortReport:
    """What one run did: months ``published`` for the first time, and months ``written`` to the graph."""

    published: tuple[str, ...]
    written: tuple[str, ...]
    cohorts: int
    suppressed: int
    known_to: datetime.date | None
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            "published": list(self.published),
            "written": list(self.written),
            "cohorts": self.cohorts,
            "suppressed": self.suppressed,
            "known_to": None if self.known_to is None else self.known_to.isoformat(),
            "seconds": round(self.seconds, 2),
        }


def publish_cohorts(settings: Settings) -> CohortReport:
    """Publish every mature month that has not been, then make the graph say what was published, no more and no less.

    Raise `DisclosureError` when the audit of a month is not passed, and `GraphMismatch` when the graph has a month
    that `TWIN_HOME/cohorts` does not: in both cases nothing of that month is written.
    """
    started = time.monotonic()
    with open_store(settings) as store, sole_writer(settings, store):
        ledger, values, reach = Ledger(settings), read_values(store), read_reach(store)
        due = [month for month in reach.mature_months() if month not in ledger.months()]
        _refuse_unknown(store, ledger)
        written, published = [], []
        for month in due:
            safe_place()
            say(f"cohorts: auditing {month:%Y-%m}")
            # Kept before anybody can see it: what was seen and is forgotten would be published twice.
            assert reach.known_to is not None  # noqa: S101 - a month is due
            ledger.keep(make_edition(values.lattice, month, reach.known_to, read_atoms(store, values.lattice, month)))
            published.append(f"{month:%Y-%m}")
        editions = [ledger.read(month) for month in sorted(ledger.months())]
        there = _in_graph(store)
        for edition in editions:
            if there.get(edition.month, {}) != _wanted(edition, values):
                safe_place()
                write_edition(store, edition, values)
                written.append(f"{edition.month:%Y-%m}")
    rows = [row for edition in editions for rows in edition.products.values() for row in rows]
    return CohortReport(
        tuple(published),
        tuple(written),
        len(rows),
        sum(counts[0] is None for _, counts in rows),
        reach.known_to,
        time.monotonic() - started,
    )


def make_edition(lattice: Lattice, month: datetime.date, as_of: datetime.date, atoms: dict[str, list[Atom]]) -> Edition:
    """The edition of a month from each person's atom, by product. Raise `DisclosureError` when it is not safe."""
    products: dict[str, list[Row]] = {}
    for product, people in atoms.items():
        true = lattice.count(people)
        choice = choose(lattice, true)
        # The choice is not believed: what it leaves is proven here, by adding up.
        if not is_proven(lattice, true, choice.published, choice.proof):
            raise DisclosureError(
                f"cohorts of {month:%Y-%m}: the audit of product {product!r} is not passed, nothing of the month is "
                "published; keep the state and report it as a defect"
            )
        quantities = lattice.add_up(true)
        products[product] = [
            (
                group,
                tuple(
                    int(quantities[(*at, *measure)]) if choice.published[(*at, *measure)] else None
                    for measure in MEASURES.values()
                ),
            )
            for at, group in lattice.cells()
        ]
    return Edition(month, as_of, datetime.datetime.now(datetime.UTC), products)


def write_edition(store: Store, edition: Edition, values: Values) -> None:
    """Replace the month's cohorts by those of the edition, in one transaction that readers see whole."""
    shared = {
        "month": edition.month,
        "edition": edition.name,
        "asOf": edition.as_of,
        "publishedAt": edition.published_at,
    }

    def work(transaction: Work) -> None:
        transaction.run("analytics/cohort_remove", {"month": edition.month})
        for product in sorted(edition.products.keys() & values.products):
            rows = edition.cohorts(product)
            for low in range(0, len(rows), PART):
                part = rows[low : low + PART]
                transaction.run("analytics/cohort_write", {"product": product, "shared": shared, "rows": part})

    publish_in_one(store, work)


Contents = dict[tuple[str | None, str], int]
"""How many cohorts there are, by product and edition."""


def _wanted(edition: Edition, values: Values) -> Contents:
    """What the graph should have: nothing of a product that it does not know any more."""
    return {
        (product, edition.name): len(rows) for product, rows in edition.products.items() if product in values.products
    }


def _in_graph(store: Store) -> dict[datetime.date, Contents]:
    found: dict[datetime.date, Contents] = {}
    for row in store.read("analytics/cohort_editions"):
        found.setdefault(row["month"].to_native(), {})[row["product"], row["edition"]] = row["cohorts"]
    return found


def _refuse_unknown(store: Store, ledger: Ledger) -> None:
    """A month that is in the graph only would be published a second time, with other claims."""
    unknown = sorted(_in_graph(store).keys() - ledger.months())
    if unknown:
        raise GraphMismatch(
            f"the graph has cohorts of {unknown[0]:%Y-%m} that {str(ledger.folder)!r} does not: restore that folder "
            "from a backup, so that no month is published twice"
        )
