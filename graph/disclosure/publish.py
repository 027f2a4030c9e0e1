"""The publishing of one month after the other: each once, when it is mature, audited, and never changed afterwards."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph.disclosure.audit import is_proven
from graph.disclosure.edition import Edition, Publication, Row
from graph.disclosure.lattice import ALL, Flags
from graph.disclosure.ledger import Ledger
from graph.disclosure.months import Reach
from graph.disclosure.suppress import choose
from graph.disclosure.table import Table
from graph.errors import DisclosureError, GraphMismatch
from graph.progress import say
from graph.settings import Settings
from graph.stopping import safe_place
from graph.store import Store, Work, parts
from graph.store import publish as publish_in_one


@dataclass(frozen=True, slots=True)
class Published:
    """What one run did: months ``published`` for the first time, and months ``written`` to the graph."""

    published: tuple[str, ...]
    written: tuple[str, ...]
    groups: int
    suppressed: int
    known_to: datetime.date | None

    def as_json(self, groups: str) -> dict[str, Any]:
        """The shape that scripts rely on; ``groups`` is what the rows are called."""
        return {
            "published": list(self.published),
            "written": list(self.written),
            groups: self.groups,
            "suppressed": self.suppressed,
            "known_to": None if self.known_to is None else self.known_to.isoformat(),
        }


Make = Callable[[datetime.date], dict[str, list[Row]]]
"""The rows of a month by product, to be published for the first time."""


def publish_due(
    settings: Settings, store: Store, publication: Publication, reach: Reach, products: frozenset[str], make: Make
) -> Published:
    """Publish every mature month that has not been, then make the graph say what was published, no more and no less.

    Raise `DisclosureError` when the audit of a month is not passed, and `GraphMismatch` when the graph has a month
    that the ledger does not: in both cases nothing of that month is written.
    """
    ledger = Ledger(settings, publication)
    _refuse_unknown(store, ledger)
    published, written = [], []
    closed = ledger.months()
    for month in reach.mature_months():
        if month in closed:
            continue
        safe_place()
        say(f"{publication.name}: auditing {month:%Y-%m}")
        # Kept before anybody can see it: what was seen and is forgotten would be published twice.
        assert reach.known_to is not None  # noqa: S101 - a month is due
        now = datetime.datetime.now(datetime.UTC)
        ledger.keep(Edition(publication, month, reach.known_to, now, make(month)))
        published.append(f"{month:%Y-%m}")
    editions = [ledger.read(month) for month in sorted(ledger.months())]
    there = _in_graph(store, publication)
    for edition in editions:
        if there.get(edition.month, {}) != _wanted(edition, products):
            safe_place()
            write_edition(store, edition, products)
            written.append(f"{edition.month:%Y-%m}")
    rows = [row for edition in editions for rows in edition.products.values() for row in rows]
    withheld = sum(counts[0] is None for _, counts in rows)
    return Published(tuple(published), tuple(written), len(rows), withheld, reach.known_to)


def chosen(table: Table, what: str) -> Flags:
    """Which quantities of a table are shown, [shape]. Raise `DisclosureError` naming ``what`` when that is not safe."""
    choice = choose(table)
    # The choice is not believed: what it leaves is proven here, by adding up.
    if not is_proven(table, choice.published, choice.proof):
        raise DisclosureError(
            f"{what} is not passed, nothing of the month is published; keep the state and report it as a defect"
        )
    return choice.published


def shown(table: Table, published: Flags, at: tuple[int, ...]) -> tuple[int | None, ...]:
    """The measures of the group at a place of the dimensions; None is withheld."""
    return tuple(
        int(table.quantities[(*at, *measure)]) if published[(*at, *measure)] else None
        for measure in table.lattice.measures.values()
    )


def write_edition(store: Store, edition: Edition, products: frozenset[str]) -> None:
    """Replace the month's groups by those of the edition, in one transaction that readers see whole."""
    label = edition.publication.label

    def work(transaction: Work) -> None:
        transaction.run("analytics/published_remove", {"label": label, "month": edition.month})
        for product in sorted(edition.products.keys() & products):
            for rows in parts(edition.nodes(product)):
                given = {"label": label, "product": product, "rows": rows}
                transaction.run("analytics/published_write", given)

    publish_in_one(store, work)


Contents = dict[tuple[str, str], int]
"""How many groups there are, by product and edition."""


def _wanted(edition: Edition, products: frozenset[str]) -> Contents:
    """What the graph should have: nothing of a product that it does not know any more."""
    return {(product, edition.name): len(rows) for product, rows in edition.products.items() if product in products}


def _in_graph(store: Store, publication: Publication) -> dict[datetime.date, Contents]:
    found: dict[datetime.date, Contents] = {}
    for row in store.read("analytics/published_editions", label=publication.label):
        found.setdefault(row["month"].to_native(), {})[row["product"] or ALL, row["edition"]] = row["groups"]
    return found


def _refuse_unknown(store: Store, ledger: Ledger) -> None:
    """A month that is in the graph only would be published a second time, with other facts."""
    unknown = sorted(_in_graph(store, ledger.publication).keys() - ledger.months())
    if unknown:
        raise GraphMismatch(
            f"the graph has {ledger.publication.name} of {unknown[0]:%Y-%m} that {str(ledger.folder)!r} does not: "
            "restore that folder from a backup, so that no month is published twice"
        )
