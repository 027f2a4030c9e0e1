"""The publishing of cohorts: who started a product in a month, by the groups of a lattice."""

from __future__ import annotations

import datetime

from graph.cohorts.facts import Values, read_atoms, read_reach, read_values
from graph.cohorts.publication import COHORTS
from graph.disclosure.edition import Row
from graph.disclosure.publish import Published, chosen, publish_due, shown
from graph.disclosure.table import counted
from graph.settings import Settings
from graph.store import Store


def publish_cohorts(settings: Settings, store: Store) -> Published:
    """Publish the cohorts of every month that is due; raise as `publish_due` does."""
    values = read_values(store)

    def make(month: datetime.date) -> dict[str, list[Row]]:
        return _rows(store, values, month)

    return publish_due(settings, store, COHORTS, read_reach(store), values.products, make)


def _rows(store: Store, values: Values, month: datetime.date) -> dict[str, list[Row]]:
    """The rows of a month from each person's atom, by product."""
    lattice, products = values.lattice, {}
    for product, people in read_atoms(store, lattice, month).items():
        table = counted(lattice, lattice.count(people))
        published = chosen(table, f"cohorts of {month:%Y-%m}: the audit of product {product!r}")
        products[product] = [(group, shown(table, published, at)) for at, group in lattice.cells()]
    return products
