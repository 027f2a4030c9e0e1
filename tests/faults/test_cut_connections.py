"""Connections that are cut around a commit and at every other point of the protocol, and networks that are slow."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.faults.harness import Ended, Night, Twin
from tests.faults.nights import NIGHTS
from tests.faults.proxy import FaultProxy
from tests.faults.situations import MARK

BEFORE, AFTER = NIGHTS[0], NIGHTS[1]
Moment = Literal["before", "after"]


def through(twin: Twin, proxy: FaultProxy, *, small_batches: bool = False) -> Ended:
    return twin.refresh(until=AFTER, small_batches=small_batches, NEO4J_URI=proxy.uri)


@pytest.fixture(scope="module")
def commits() -> dict[bool, int]:
    """Commits of an undisturbed run, in one piece and in small batches; filled by the first test that counts."""
    return {}


def count_commits(twin: Twin, nights: dict[str, Night], commits: dict[bool, int], *, small_batches: bool) -> int:
    if small_batches not in commits:
        twin.become(nights[BEFORE])
        with FaultProxy(twin.uri) as proxy:
            assert through(twin, proxy, small_batches=small_batches).code == 0
            commits[small_batches] = proxy.seen["COMMIT"]
        twin.must_equal(nights[AFTER])
    return commits[small_batches]


def cut_at_every_commit(
    twin: Twin, nights: dict[str, Night], commits: dict[bool, int], moment: Moment, *, small_batches: bool
) -> None:
    """Each commit of a run in turn loses its connection; whatever the job says, the next one ends it well."""
    for number in range(1, count_commits(twin, nights, commits, small_batches=small_batches) + 1):
        twin.become(nights[BEFORE])
        with FaultProxy(twin.uri) as proxy:
            cut = proxy.cut("COMMIT", moment, number)
            ended = through(twin, proxy, small_batches=small_batches)
            assert cut.done, f"commit {number} was never sent"
            assert ended.code in (0, 60), (number, ended.errors)
            again = twin.refresh(until=AFTER)
            assert again.code == 0, (number, again.errors)
            if ended.code == 0:
                assert again.report()["write_transactions"] == 0
        twin.must_equal(nights[AFTER])


def cut_at_the_data(twin: Twin, nights: dict[str, Night], moment: Moment) -> None:
    """The commit of the data itself loses its connection: the job settles it alone."""
    twin.become(nights[BEFORE])
    with FaultProxy(twin.uri) as proxy:
        cut = proxy.cut("COMMIT", moment, marker=MARK)
        ended = through(twin, proxy)
    assert cut.done
    assert ended.code == 0, ended.errors
    assert ended.report()["write_transactions"] == 1
    twin.must_equal(nights[AFTER])


def test_f04_a_commit_whose_answer_is_lost_is_neither_lost_nor_doubled(twin: Twin, nights: dict[str, Night]) -> None:
    cut_at_the_data(twin, nights, "after")


def test_f05_a_commit_that_never_arrives_is_made_once(twin: Twin, nights: dict[str, Night]) -> None:
    cut_at_the_data(twin, nights, "before")


@pytest.mark.thorough
@pytest.mark.parametrize("small_batches", [False, True], ids=["in one", "in batches"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_f04_f05_any_commit_may_be_cut(
    moment: Moment, small_batches: bool, twin: Twin, nights: dict[str, Night], commits: dict[bool, int]
) -> None:
    cut_at_every_commit(twin, nights, commits, moment, small_batches=small_batches)


POINTS: tuple[tuple[str, Moment, int], ...] = (
    ("HELLO", "before", 1),
    ("HELLO", "after", 1),
    ("LOGON", "before", 1),
    ("LOGON", "after", 1),
    ("BEGIN", "before", 2),
    ("BEGIN", "after", 2),
    ("RUN", "before", 12),
    ("RUN", "after", 12),
    ("PULL", "before", 12),
    ("PULL", "after", 12),
    ("COMMIT", "before", 2),
    ("GOODBYE", "before", 1),
)


@pytest.mark.thorough
@pytest.mark.parametrize(("message", "moment", "count"), POINTS)
def test_f06_a_reset_at_any_point_is_told_or_mended(
    message: str, moment: Moment, count: int, twin: Twin, nights: dict[str, Night]
) -> None:
    # given
    twin.become(nights[BEFORE])
    with FaultProxy(twin.uri) as proxy:
        cut = proxy.cut(message, moment, count)

        # when
        ended = through(twin, proxy)

        # then it ends in time, with a word of ours
        assert cut.done
        assert ended.code in (0, 60), ended.errors
        again = through(twin, proxy)
        assert again.code == 0, again.errors
    twin.must_equal(nights[AFTER])


@pytest.mark.thorough
def test_f06_bytes_that_come_one_by_one_are_slower_and_right(twin: Twin, nights: dict[str, Night]) -> None:
    # given
    twin.become(nights[BEFORE])
    with FaultProxy(twin.uri) as proxy:
        proxy.slice_bytes = 1

        # when
        ended = through(twin, proxy)

    # then
    assert ended.code == 0, ended.errors
    twin.must_equal(nights[AFTER])
