"""Several refreshes at once, one that stands still past its lease, one that is asked to stop."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.faults.harness import Night, Twin, wait_for
from tests.faults.nights import NIGHTS
from tests.faults.proxy import FaultProxy

BEFORE, AFTER, LAST = NIGHTS[0], NIGHTS[1], NIGHTS[3]
LEASE_SECONDS = 3.0
"""With short leases."""
EIGHT = 8


def test_f21_of_eight_refreshes_of_one_source_one_works(twin: Twin, nights: dict[str, Night]) -> None:
    # given a network so slow that all of them meet
    twin.become(nights[BEFORE])
    with FaultProxy(twin.uri) as proxy:
        proxy.delay = 0.1

        # when
        jobs = [twin.start_refresh("--source", "nppes", until=AFTER, NEO4J_URI=proxy.uri) for _ in range(EIGHT)]
        ended = [twin.end(job) for job in jobs]

    # then
    assert sorted(one.code for one in ended) == [0] + [50] * (EIGHT - 1), [one.errors[-300:] for one in ended]
    last = twin.refresh(until=AFTER)
    assert last.code == 0, last.errors
    twin.must_equal(nights[AFTER], changes=False)


@pytest.mark.thorough
def test_f22_sources_that_are_refreshed_at_once_end_like_one_after_the_other(
    twin: Twin, nights: dict[str, Night]
) -> None:
    # given
    twin.become(nights[BEFORE])
    sources = ("nppes", "pdrp", "rx_claims", "formulary", "alignment", "products")

    # when
    jobs = [twin.start_refresh("--source", source) for source in sources]
    ended = [twin.end(job, 240) for job in jobs]

    # then
    assert [one.code for one in ended] == [0] * len(sources), [one.errors[-300:] for one in ended]
    again = twin.refresh()
    assert (again.code, again.report()["write_transactions"]) == (0, 0), again.errors
    twin.must_equal(nights[LAST], changes=False)
    twin.must_agree()


@pytest.mark.thorough
def test_f09_a_job_that_wakes_after_its_lease_can_write_nothing(twin: Twin, nights: dict[str, Night]) -> None:
    # given a job that stands still between two transactions, until its lease is over
    twin.become(nights[BEFORE])
    with FaultProxy(twin.uri) as proxy:
        held = proxy.hold("BEGIN", 6)
        sleeper = twin.start_refresh(until=AFTER, small_batches=True, short_leases=True, NEO4J_URI=proxy.uri)
        assert held.reached.wait(60)
        os.kill(sleeper.pid, signal.SIGSTOP)
        time.sleep(LEASE_SECONDS + 5)

        # when another one takes over and the first wakes up
        second = twin.refresh(until=LAST)
        os.kill(sleeper.pid, signal.SIGCONT)
        held.released.set()
        first = twin.end(sleeper)

    # then
    assert second.code == 0, second.errors
    assert first.code == 50, first.errors
    twin.must_equal(nights[LAST], changes=False)
    twin.must_agree()


@pytest.mark.parametrize("small_batches", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_f37_a_job_that_is_asked_to_stop_can_be_gone_on_with(
    small_batches: bool, twin: Twin, nights: dict[str, Night]
) -> None:
    # given a job in the middle of its writing
    twin.become(nights[BEFORE])
    with FaultProxy(twin.uri) as proxy:
        proxy.delay = 0.02
        job = twin.start_refresh(small_batches=small_batches, NEO4J_URI=proxy.uri)
        wait_for(lambda: proxy.seen["COMMIT"] >= 4, what="the fourth commit")

        # when
        job.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        ended = twin.end(job)
        took = time.monotonic() - asked

    # then it stops at the next safe point
    assert ended.code == 75, ended.errors
    assert took < JOB_STOPS_WITHIN, f"{took:.1f} s"
    again = twin.refresh()
    assert again.code == 0, again.errors
    twin.must_equal(nights[LAST])


JOB_STOPS_WITHIN = 20.0
"""Seconds; five are promised, the rest is for a slow machine on which others work."""
