"""kill -9 of the refresh job: at every named failpoint, and at moments that nobody chose."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from graph.failpoint import NAMES
from tests.faults.graphcopy import GraphCopy
from tests.faults.harness import Night, Twin
from tests.faults.nights import NIGHTS
from tests.faults.situations import BEFORE, mend_schema, situation

LAST = NIGHTS[3]
SEEDS, KILLS = 20, 5
QUICK = ("apply.writing_raised", "apply.committed")
"""In `make test`: immediately before the commit of the data, and immediately after it."""


@pytest.fixture(scope="module")
def expected() -> dict[Any, GraphCopy]:
    """What each situation ends in when nobody kills anything; filled by the first test that needs it."""
    return {}


@pytest.fixture
def mended(twin: Twin) -> Iterator[None]:
    yield
    mend_schema(twin)


def test_there_are_sixty_failpoints_with_names_of_their_own() -> None:
    assert len(NAMES) >= 60
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.thorough) for name in NAMES]
)
def test_f01_a_job_that_is_killed_is_finished_by_the_next(
    name: str, twin: Twin, nights: dict[str, Night], expected: dict[Any, GraphCopy], mended: None
) -> None:
    # given what the same job ends in when it is left alone
    here = situation(name)
    if here not in expected:
        here.prepare(twin, nights)
        calm = here.job(twin)
        assert calm.code == 0, calm.errors
        expected[here] = twin.copy()
        mend_schema(twin)

    # when it is killed there and run again
    here.prepare(twin, nights)
    killed = here.job(twin, TWIN_FAILPOINT=f"{name}:1")
    assert killed.killed, f"{name} was never reached: {killed.errors}"
    again = here.job(twin)
    assert again.code == 0, again.errors

    # then
    found = twin.copy()
    assert found.facts() == expected[here].facts()
    assert found.changes() == expected[here].changes()
    with twin.store() as store:
        twin.must_be_clean(store)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(SEEDS))
def test_f02_kills_at_random_moments_change_nothing(seed: int, twin: Twin, nights: dict[str, Night]) -> None:
    # given
    chance = random.Random(seed)
    twin.become(nights[BEFORE])

    # when
    for _ in range(chance.randint(1, KILLS)):
        job = twin.start_refresh(small_batches=bool(seed % 2))
        twin.kill_after(job, chance.uniform(0.5, 9.0))
    last = twin.refresh(small_batches=bool(seed % 2))

    # then
    assert last.code == 0, last.errors
    twin.must_equal(nights[LAST])
    twin.must_agree()
