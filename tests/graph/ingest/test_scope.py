"""Which partitions a new file touches: those of its rows that are not the newest of their key already."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graph.ingest.claims import write_claims
from graph.ingest.delivery import discover
from graph.ingest.engine import Connection
from graph.ingest.identifiers import open_identifiers
from graph.ingest.landing import Landed, checksum, land
from graph.ingest.scope import scope_of
from graph.ingest.state import State
from graph.ingest.view import open_view
from graph.settings import Settings
from graph.sources import load_mappings
from graph.world.npi import synthetic_npi
from tests.graph.conftest import Deliveries
from tests.graph.registry import ANNA, BERT, CARA, person

Deliver = Callable[..., set[str] | None]


@pytest.fixture
def deliver(tmp_path: Path, settings: Settings, connection: Connection) -> Deliver:
    """Claim what `nppes` says with one more delivery; return the touched partitions, None for all."""
    (mapping,) = [one for one in load_mappings() if one.name == "nppes"]
    built, landed, state = Deliveries(tmp_path / "in"), list[Landed](), [State()]
    open_identifiers(connection, tmp_path)

    def call(date: str, *people: dict[str, str]) -> set[str] | None:
        built.nppes(date, *people)
        (delivery,) = discover(built.folder / date, [mapping])
        for found in delivery.files:
            landed.append(land(connection, settings, found, checksum(found), delivery.date))
        kept = tmp_path / "prepared" / "nppes"
        scope = scope_of(connection, settings.home, mapping, tuple(landed), state[0], kept, taught=False)
        touched = {value for (value,) in connection.execute("FROM touched_partition").fetchall()}
        view = open_view(connection, settings.home, mapping, tuple(landed), scope)
        write_claims(connection, mapping, tmp_path / "claims", date, approve_deletes=False, scope=scope)
        view.close(connection)
        state[0] = State(files=list(landed), sources={"nppes": {"mapping_version": mapping.version}})
        return touched if scope.partial else None

    return call


def test_a_file_that_repeats_the_last_one_touches_what_differs(deliver: Deliver) -> None:
    # given
    assert deliver("2025-01-01", person(ANNA), person(BERT)) is None

    # then
    assert deliver("2025-01-08", person(ANNA, city="ELSEWHERE"), person(BERT), person(CARA)) == {ANNA, CARA}
    assert deliver("2025-01-15", person(ANNA, city="ELSEWHERE"), person(BERT)) == set()
    # and what returns to an older state differs from the newest
    assert deliver("2025-01-22", person(ANNA), person(BERT)) == {ANNA}


def test_all_of_an_older_file_is_looked_at(deliver: Deliver) -> None:
    # given
    deliver("2025-01-08", person(ANNA), person(BERT))

    # then: it may tell that something was known earlier
    assert deliver("2025-01-01", person(ANNA), person(BERT)) == {ANNA, BERT}


def test_all_of_a_file_that_is_small_beside_what_was_landed_is_looked_at(deliver: Deliver) -> None:
    # given
    many = [person(synthetic_npi(number + 1000)) for number in range(60)]
    deliver("2025-01-01", *many, person(ANNA), person(BERT))

    # then
    assert deliver("2025-01-08", person(ANNA), person(BERT, city="ELSEWHERE")) == {ANNA, BERT}
