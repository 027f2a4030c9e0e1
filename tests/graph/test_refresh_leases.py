"""Leases: one run works on a source, one writes; a dead holder is followed at once, a sleeping one is fenced off."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from graph.errors import GraphMismatch, LeaseHeld, StoreUnavailable
from graph.ingest.lease import APPLY, apply_lease, leases
from graph.ingest.owner import owner
from graph.ingest.recovery import sole_writer
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store, open_store
from tests.graph.registry import ANNA, everything, one, person

Run = Callable[..., RefreshReport]


def lease(store: Store, name: str = APPLY) -> dict[str, Any]:
    return one(
        store, "MATCH (l:Lease {name: $name}) RETURN l.token AS token, l.owner AS owner, l.until AS until", name=name
    )


def test_a_lease_is_given_back_and_its_token_rises(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # when
    with owner(neo4j_settings) as me, apply_lease(neo4j_settings, neo4j_empty, me) as first:
        held = lease(neo4j_empty)
    with owner(neo4j_settings) as me, apply_lease(neo4j_settings, neo4j_empty, me) as second:
        pass

    # then
    assert (first.token, second.token) == (1, 2)
    assert (held["token"], held["owner"] is not None, held["until"] is not None) == (1, True, True)
    assert lease(neo4j_empty) == {"token": 2, "owner": None, "until": None}


def test_a_source_that_another_run_works_on_is_refused_at_once(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))

    # when
    with (
        owner(neo4j_settings) as other,
        leases(neo4j_settings, neo4j_empty, other, ["nppes"]),
        pytest.raises(LeaseHeld, match=r"another run \(.*\) works on 'nppes'") as caught,
    ):
        run()

    # then
    assert caught.value.exit_code == 50
    assert everything(neo4j_empty) == []
    assert run().write_transactions == 1


def test_of_eight_refreshes_of_one_source_one_works(
    deliveries: Any, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: eight owners that reach for the same leases at once, and hold what they get until all have tried
    tried = threading.Barrier(8, timeout=60)

    def attempt(_: int) -> bool:
        with owner(neo4j_settings) as me, open_store(neo4j_settings) as store:
            try:
                with leases(neo4j_settings, store, me, ["rx_claims", "nppes"]):
                    tried.wait()
                    return True
            except LeaseHeld:
                tried.wait()
                return False

    # when
    with ThreadPoolExecutor(8) as pool:
        worked = sorted(pool.map(attempt, range(8)))

    # then
    assert worked == [False] * 7 + [True]
    assert lease(neo4j_empty, "nppes")["token"] == 1


def test_a_dead_holder_is_followed_at_once(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # given: a lease that is live, of an owner whose file nobody locks any more
    folder = neo4j_settings.home / "state" / "owners"
    folder.mkdir(parents=True)
    (folder / "host-1-dead.lock").touch()
    neo4j_empty.write(
        "CREATE (l:Lease {name: 'apply', token: 7, owner: 'host-1-dead'}) "
        "SET l.until = datetime.realtime() + duration('PT1H') RETURN l.token AS token"
    )

    # when
    with (
        owner(neo4j_settings) as me,
        apply_lease(neo4j_settings, neo4j_empty, me, wait_seconds=0) as fence,
    ):
        # then
        assert fence.token == 8
    assert list(folder.iterdir()) == []


def test_all_leases_of_a_dead_holder_are_free_one_after_the_other(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # given: a run that died while it wrote held its sources and the lease to write
    folder = neo4j_settings.home / "state" / "owners"
    folder.mkdir(parents=True)
    (folder / "host-1-dead.lock").touch()
    for name in ("nppes", APPLY):
        neo4j_empty.write(
            "CREATE (l:Lease {name: $name, token: 7, owner: 'host-1-dead'}) "
            "SET l.until = datetime.realtime() + duration('PT1H') RETURN l.token AS token",
            name=name,
        )

    # when
    with (
        owner(neo4j_settings) as me,
        leases(neo4j_settings, neo4j_empty, me, ["nppes"]) as taken,
        apply_lease(neo4j_settings, neo4j_empty, me, wait_seconds=0) as fence,
    ):
        # then
        assert (taken["nppes"].token, fence.token) == (8, 8)
    assert list(folder.iterdir()) == []


def test_a_lease_that_could_not_be_given_back_is_taken_over(
    neo4j_empty: Store, neo4j_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a holder that cannot reach Neo4j when it ends
    def unreachable(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("Neo4j does not answer")

    with (
        monkeypatch.context() as patch,
        owner(neo4j_settings) as me,
        apply_lease(neo4j_settings, neo4j_empty, me),
    ):
        patch.setattr(Store, "transact", unreachable)
    assert lease(neo4j_empty)["owner"] == me

    # when, then
    with owner(neo4j_settings) as other, apply_lease(neo4j_settings, neo4j_empty, other, wait_seconds=0) as fence:
        assert fence.token == 2


def test_a_holder_elsewhere_is_waited_for_until_its_time_is_over(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # given
    neo4j_empty.write(
        "CREATE (l:Lease {name: 'apply', token: 7, owner: 'elsewhere', until: datetime.realtime() + duration('PT3S')}) "
        "RETURN l.token AS token"
    )

    # when, then
    with owner(neo4j_settings) as me:
        with pytest.raises(LeaseHeld), apply_lease(neo4j_settings, neo4j_empty, me, wait_seconds=0):
            pass
        with apply_lease(neo4j_settings, neo4j_empty, me, wait_seconds=60) as fence:
            assert fence.token == 8


def test_whoever_lost_the_lease_writes_nothing(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # given
    with owner(neo4j_settings) as me, apply_lease(neo4j_settings, neo4j_empty, me):
        neo4j_empty.transact(
            lambda work: work.run("MATCH (l:Lease {name: 'apply'}) SET l.token = l.token + 1"), fenced=False
        )

        # when, then
        with pytest.raises(LeaseHeld, match="was taken over by another run"):
            neo4j_empty.write("CREATE (n:HCP {id: 'hcp_0'}) RETURN n.id AS id")
    assert everything(neo4j_empty) == []


def test_a_database_that_was_emptied_meanwhile_is_refused(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    with owner(neo4j_settings) as me, apply_lease(neo4j_settings, neo4j_empty, me):
        neo4j_empty.transact(lambda work: work.run("MATCH (n) DETACH DELETE n"), fenced=False)
        with pytest.raises(GraphMismatch, match="the lease 'apply' is gone: Neo4j was emptied"):
            neo4j_empty.write("CREATE (n:HCP {id: 'hcp_0'}) RETURN n.id AS id")


def test_other_writers_wait_for_the_same_lease(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    with (
        owner(neo4j_settings) as me,
        apply_lease(neo4j_settings, neo4j_empty, me),
        pytest.raises(LeaseHeld, match="works on 'apply'"),
        sole_writer(neo4j_settings, neo4j_empty, wait_seconds=0),
    ):
        pass
    with sole_writer(neo4j_settings, neo4j_empty, wait_seconds=0):
        assert lease(neo4j_empty)["owner"] is not None
