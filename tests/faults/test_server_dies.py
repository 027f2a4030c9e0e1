"""Neo4j is killed, stopped, emptied or set back while the refresh job relies on it."""

from __future__ import annotations

import os
import shutil
import signal
import time

import pytest

from graph.schema.derive import constraint_statements
from graph.server.local import LocalServer
from graph.store import open_store
from tests.faults.harness import Night, Twin, kill_server
from tests.faults.nights import NIGHTS
from tests.faults.proxy import FaultProxy

BEFORE, AFTER = NIGHTS[0], NIGHTS[1]


@pytest.mark.thorough
@pytest.mark.parametrize("commits", [2, 4, 7])
def test_f03_neo4j_is_killed_during_apply_and_comes_back(
    commits: int, twin: Twin, nights: dict[str, Night], server: LocalServer
) -> None:
    # given a refresh in small batches that has come to some commit
    twin.become(nights[BEFORE])
    with FaultProxy(twin.uri) as proxy:
        held = proxy.hold("COMMIT", commits)
        job = twin.start_refresh(until=AFTER, small_batches=True, NEO4J_URI=proxy.uri)
        assert held.reached.wait(60)

        # when
        kill_server(server)
        held.released.set()
        server.start()
        ended = twin.end(job)

    # then the job has waited, or says that it could not and the next one goes on
    assert ended.code in (0, 60), ended.errors
    again = twin.refresh(until=AFTER)
    assert again.code == 0, again.errors
    twin.must_equal(nights[AFTER])


@pytest.mark.thorough
@pytest.mark.parametrize("seconds", [5, 30])
def test_f07_neo4j_stands_still_during_a_refresh(
    seconds: int, twin: Twin, nights: dict[str, Night], server: LocalServer
) -> None:
    # given
    twin.become(nights[BEFORE])
    pid = server.status().pid
    assert pid is not None
    with FaultProxy(twin.uri) as proxy:
        held = proxy.hold("COMMIT", 3)
        job = twin.start_refresh(until=AFTER, NEO4J_URI=proxy.uri)
        assert held.reached.wait(60)

        # when
        os.kill(pid, signal.SIGSTOP)
        try:
            held.released.set()
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)
        ended = twin.end(job)

    # then
    assert ended.code in (0, 60), ended.errors
    again = twin.refresh(until=AFTER)
    assert again.code == 0, again.errors
    twin.must_equal(nights[AFTER])


@pytest.mark.thorough
def test_f31_a_graph_that_came_back_empty_is_refused(twin: Twin, nights: dict[str, Night], server: LocalServer) -> None:
    # given
    twin.become(nights[BEFORE])
    server.stop()
    shutil.rmtree(server.home.data)
    server.home.store.unlink()
    server.home.password.unlink()
    server.start()
    with open_store(server.settings) as store:
        for text in constraint_statements():
            store.run_schema(text)
        twin.uri, twin.password = store.connection.uri, store.connection.password

    # when
    ended = twin.refresh(until=AFTER)

    # then it is said, and nothing was written
    assert ended.code not in (0, 70), ended.errors
    assert "restore" in ended.errors
    assert twin.copy().facts() == []

    # when both start anew, as the message says
    shutil.rmtree(twin.home / "state")
    replayed = twin.refresh(until=AFTER)

    # then
    assert replayed.code == 0, replayed.errors
    twin.must_equal(nights[AFTER], changes=False)


def test_f32_yesterdays_graph_under_todays_state_is_refused(twin: Twin, nights: dict[str, Night]) -> None:
    # given the state of after the third night, and the graph of after the second
    twin.become(nights[NIGHTS[2]])
    with twin.store() as store:
        nights[NIGHTS[1]].graph.put(store)
    before = twin.copy().facts()

    # when
    ended = twin.refresh()

    # then the gap is told, and nothing was written
    assert ended.code not in (0, 70), ended.errors
    assert "restore" in ended.errors
    assert twin.copy().facts() == before

    # when the state of that day is put back and the deliveries are given again
    twin.become(nights[NIGHTS[1]])
    replayed = twin.refresh()

    # then
    assert replayed.code == 0, replayed.errors
    twin.must_equal(nights[NIGHTS[3]])
