"""The state as of a past day equals what a plain reference knows from the deliveries recorded by then."""

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from graph.errors import NotFound
from graph.history.as_of import Past, state_of
from graph.ingest.report import RefreshReport
from graph.store import Store

Run = Callable[..., RefreshReport]
NPIS = ("1234567893", "2999000005", "2999000013", "2999000021")
CITIES, CCNS = ("ATOWN", "BTOWN", "CTOWN"), ("450001", "450002", "450003")
FACILITIES = "npi,facility_type,facility_affiliations_certification_number,facility_type_certification_number\n"
FIRST = datetime.date(2025, 1, 1)


@dataclass
class Reference:
    """What the three files of each delivery mean, without DuckDB, Neo4j or a log: the newest delivery wins."""

    people: dict[str, dict[datetime.date, str]] = field(default_factory=dict)
    choices: dict[datetime.date, dict[str, str]] = field(default_factory=dict)
    affiliations: dict[datetime.date, set[tuple[str, str]]] = field(default_factory=dict)

    def state(self) -> dict[str, tuple[str, str | None, frozenset[str]]]:
        """City, day of the opt-out and facilities of everybody known."""
        choices = self.choices[max(self.choices)]
        pairs = self.affiliations[max(self.affiliations)]
        return {
            npi: (rows[max(rows)], choices.get(npi), frozenset(ccn for who, ccn in pairs if who == npi))
            for npi, rows in self.people.items()
        }


def _person(npi: str, city: str) -> dict[str, str]:
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
        "Last Update Date": "01/02/2020", "Healthcare Provider Taxonomy Code_1": "207R00000X",
    }  # fmt: skip


def _deliver(deliveries: Any, reference: Reference, chance: random.Random, day: datetime.date) -> None:
    """One delivery: some people (restated, moved or new), all opt-outs, all affiliations; two are complete lists."""
    date = day.isoformat()
    everybody = day == FIRST
    known = [npi for npi in NPIS if npi in reference.people] or list(NPIS[:3])
    told = NPIS[:3] if everybody else chance.sample(NPIS, 2)
    cities = {npi: chance.choice(CITIES) for npi in told}
    deliveries.nppes(date, *(_person(npi, city) for npi, city in cities.items()))
    for npi, city in cities.items():
        reference.people.setdefault(npi, {})[day] = city
    listed = sorted({*known, *told})
    choices = {npi: f"2024-0{chance.randint(1, 3)}-01" for npi in listed if chance.random() < 0.6}
    deliveries.add(date, "pdrp/pdrp.csv", "npi,opt_out_date\n" + "".join(f"{n},{d}\n" for n, d in choices.items()))
    reference.choices[day] = choices
    pairs = {(npi, ccn) for npi in listed for ccn in CCNS if chance.random() < 0.5}
    rows = "".join(f"{npi},Hospital,{ccn},\n" for npi, ccn in sorted(pairs))
    deliveries.add(date, "facility_affiliation/Facility_Affiliation.csv", FACILITIES + rows)
    reference.affiliations[day] = pairs
    deliveries.manifest(date)


def _seen(store: Store, npi: str, day: datetime.date, names: dict[str, str]) -> tuple[Any, ...] | None:
    past = state_of(store, f"npi:{npi}", day)
    if past.label is None:
        return None
    ends = frozenset(names[end] for name, _, end, _ in past.edges if name == "AFFILIATED_WITH")
    return past.properties["city"], past.properties.get("optedOutOn"), ends


@pytest.mark.parametrize("seed", [3, 8])
def test_every_past_day_is_what_was_known_then(seed: int, deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: weekly deliveries, of which two come after younger ones
    chance, reference = random.Random(seed), Reference()
    order = [0, 1, 3, 2, 5, 4]
    expected: dict[datetime.date, dict[str, tuple[str, str | None, frozenset[str]]]] = {}
    recorded = FIRST
    for week in order:
        day = FIRST + datetime.timedelta(weeks=week)
        _deliver(deliveries, reference, chance, day)
        run()
        recorded = max(recorded, day)
        expected[recorded] = reference.state()

    # then: as of each day, each person is as the last delivery recorded by then left it
    rows = neo4j_empty.read("MATCH (i:Identifier {system: 'ccn'})-[:OF]->(a:Account) RETURN a.id AS id, i.value AS ccn")
    names = {row["id"]: row["ccn"] for row in rows}
    for day, state in expected.items():
        for npi in reference.people:
            for late in (0, 6):
                seen = _seen(
                    neo4j_empty, npi, min(day + datetime.timedelta(days=late), _before_next(expected, day)), names
                )
                assert seen == state.get(npi), (day, NPIS.index(npi))


def _before_next(expected: dict[datetime.date, Any], day: datetime.date) -> datetime.date:
    later = [other for other in expected if other > day]
    return min(later) - datetime.timedelta(days=1) if later else datetime.date.max


def test_nothing_is_known_of_one_who_never_was(neo4j_empty: Store) -> None:
    with pytest.raises(NotFound, match="nothing in the twin is known as 'hcp_0'"):
        state_of(neo4j_empty, "hcp_0", FIRST)


def test_an_entity_that_came_later_was_not_there(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    deliveries.nppes("2025-01-01", _person(NPIS[0], "ATOWN"))
    run()
    deliveries.nppes("2025-01-08", _person(NPIS[1], "BTOWN"))
    run()

    # then
    past = state_of(neo4j_empty, f"npi:{NPIS[1]}", FIRST)
    assert past == Past(past.id, None, {}, {})
    assert state_of(neo4j_empty, f"npi:{NPIS[1]}", datetime.date(2025, 1, 8)).properties["city"] == "BTOWN"
