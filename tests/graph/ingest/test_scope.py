"""Which partitions a new file touches: those of its rows that are not the newest of their key already."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graph.ingest.engine import Connection
from graph.settings import Settings
from graph.world.npi import synthetic_npi
from tests.graph.conftest import Deliveries
from tests.graph.ingest.claimed import Claimed
from tests.graph.registry import ANNA, BERT, CARA, person

Deliver = Callable[..., set[str] | None]


@pytest.fixture
def deliver(tmp_path: Path, settings: Settings, connection: Connection) -> Deliver:
    """Claim what `nppes` says with one more delivery; return the touched partitions, None for all."""
    built, claimed = Deliveries(tmp_path / "in"), Claimed(settings, connection, tmp_path, "nppes")

    def call(date: str, *people: dict[str, str]) -> set[str] | None:
        built.nppes(date, *people)
        claimed.take(date)
        return claimed.touched if claimed.scope.partial else None

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
