"""The publishing of totals: what HCPs did in a month, by the groups of a lattice."""

from __future__ import annotations

import datetime

from graph.disclosure.edition import Row
from graph.disclosure.lattice import ALL
from graph.disclosure.publish import Published, chosen, publish_due, shown
from graph.settings import Settings
from graph.store import Store
from graph.totals.facts import Contribution, Roster, read_contributions, read_reaches, read_roster
from graph.totals.tables import amounts, contributors
from graph.totals.topic import TOPICS, Topic


def publish_totals(settings: Settings, store: Store) -> dict[str, Published]:
    """Publish the totals of every month that is due, by topic; raise as `publish_due` does."""
    roster, reaches = read_roster(store), read_reaches(store)
    known = frozenset(row["id"] for row in store.read("analytics/product_ids")) | {ALL}

    def publish(name: str, topic: Topic) -> Published:
        def make(month: datetime.date) -> dict[str, list[Row]]:
            facts = read_contributions(store, topic, roster, month)
            audit = f"{topic.publication.name} of {month:%Y-%m}: the audit"
            return {product: make_rows(topic, roster, found, audit) for product, found in facts.items()}

        return publish_due(settings, store, topic.publication, reaches[name], known, make)

    return {name: publish(name, topic) for name, topic in TOPICS.items()}


def make_rows(topic: Topic, roster: Roster, facts: list[Contribution], audit: str) -> list[Row]:
    """Every group's measures; raise `DisclosureError`, which names the ``audit``, where they would not be safe."""
    people = contributors(topic, roster, facts)
    told = chosen(people, f"{audit} of {topic.contributors}")
    sums = amounts(topic, facts, people, told)
    summed = chosen(sums, f"{audit} of {' and '.join(topic.amounts)}")
    return [(group, (*shown(people, told, at), *shown(sums, summed, at))) for at, group in people.lattice.cells()]
