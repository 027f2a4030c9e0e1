"""The fault proxy does what it says: without a fault nothing changes, a cut falls where it was planned."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from graph.errors import StoreUnavailable
from graph.store import Store
from graph.store.connection import Connection
from tests.faults.proxy import FaultProxy

ADD = "CREATE (n:Territory {id: $id}) RETURN n.id AS id"
COUNT = "MATCH (n:Territory) RETURN count(n) AS n"


@pytest.fixture
def proxy(neo4j_empty: Store) -> Iterator[FaultProxy]:
    with FaultProxy(neo4j_empty.connection.uri) as running:
        yield running


@pytest.fixture
def through(neo4j_empty: Store, proxy: FaultProxy) -> Iterator[Store]:
    """The same Neo4j by way of the proxy."""
    direct = neo4j_empty.connection
    with Store(Connection(proxy.uri, direct.user, direct.password)) as store:
        yield store


def test_without_a_fault_all_passes(through: Store, proxy: FaultProxy, neo4j_empty: Store) -> None:
    # when
    through.write(ADD, id="ter_1")

    # then
    assert through.read(COUNT) == neo4j_empty.read(COUNT) == [{"n": 1}]
    assert (proxy.seen["HELLO"], proxy.seen["BEGIN"], proxy.seen["COMMIT"]) == (1, 1, 1)


@pytest.mark.parametrize(("moment", "left"), [("before", 0), ("after", 1)])
def test_a_cut_around_the_commit(moment: str, left: int, through: Store, proxy: FaultProxy, neo4j_empty: Store) -> None:
    # given
    cut = proxy.cut("COMMIT", "before" if moment == "before" else "after")

    # when
    with pytest.raises(StoreUnavailable, match="IncompleteCommit"):
        through.transact(lambda work: work.run(ADD, {"id": "ter_1"}))

    # then
    assert cut.done
    assert neo4j_empty.read(COUNT) == [{"n": left}]


def test_one_byte_at_a_time_is_slower_and_right(through: Store, proxy: FaultProxy) -> None:
    # given
    proxy.slice_bytes = 1

    # when
    rows = through.read("UNWIND range(1, 200) AS n RETURN n, toString(n) AS text")

    # then
    assert rows == [{"n": n, "text": str(n)} for n in range(1, 201)]


def test_a_delay_delays(through: Store, proxy: FaultProxy) -> None:
    # given
    through.read(COUNT)
    proxy.delay = 0.05
    started = time.monotonic()

    # when
    rows = through.read(COUNT)

    # then
    assert rows == [{"n": 0}]
    assert time.monotonic() - started >= 0.1
