"""Commits whose answer is lost, rows that only Neo4j refuses, and graphs that are not what the state remembers."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.errors import GraphMismatch, StoreUnavailable
from graph.ingest import apply as applying
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.store import Store, Work
from tests.graph.registry import ANNA, BERT, CARA, counters, everything, one, person, put_aside

Run = Callable[..., RefreshReport]


def losing(monkeypatch: pytest.MonkeyPatch, *, committed: bool) -> list[str]:
    """Lose the answer to the first commit of data: after it happened, or instead of it."""
    transact, lost = Store.transact, []

    def cut(store: Store, do: Callable[[Work], Any], **more: Any) -> Any:
        if lost or ("_Work" not in do.__qualname__ and do.__name__ != "work"):
            return transact(store, do, **more)
        marked = False

        def watched(work: Work) -> Any:
            nonlocal marked
            result = do(work)
            marked = bool(work.run("MATCH (r:RefreshRun) WHERE r.batches IS NOT NULL RETURN r.id AS id"))
            if marked and not committed:
                raise StoreUnavailable("cut before the commit")
            return result

        try:
            result = transact(store, watched, **more)
        except StoreUnavailable:
            lost.append("before")
            raise
        if marked:
            lost.append("after")
            raise StoreUnavailable("cut after the commit")
        return result

    monkeypatch.setattr(Store, "transact", cut)
    return lost


@pytest.mark.parametrize("small", [False, True], ids=["one transaction", "batches"])
@pytest.mark.parametrize("committed", [True, False], ids=["after the commit", "before the commit"])
def test_a_lost_answer_is_read_back_and_never_guessed(
    deliveries: Any,
    run: Run,
    neo4j_empty: Store,
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
    small: bool,
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    if small:
        monkeypatch.setattr(applying, "ROWS_IN_ONE_TRANSACTION", 1)
        monkeypatch.setattr(applying, "ROWS_PER_BATCH", 1)
    lost = losing(monkeypatch, committed=committed)

    # when
    report = run()

    # then
    assert lost == ["after" if committed else "before"]
    assert [source.state for source in report.sources] == ["loaded"]
    assert one(neo4j_empty, "MATCH (n:HCP) RETURN count(n) AS n")["n"] == 2
    assert one(neo4j_empty, "MATCH (:HCP)-[r:PRACTICES]->() RETURN count(r) AS n")["n"] == 2
    assert len(set(counters(neo4j_empty).values())) == 1
    assert run().write_transactions == 0


def test_other_differences_under_the_same_mark_stop_the_run(
    deliveries: Any, run: Run, neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))
    losing(monkeypatch, committed=True)
    raised = applying.certain

    def tampered(store: Store, run_id: str, fingerprint: str, batch: int, attempt: Callable[[], object]) -> None:
        raised(store, run_id, fingerprint + "x", batch, attempt)

    monkeypatch.setattr(applying, "certain", tampered)

    # when, then
    with pytest.raises(GraphMismatch, match="other differences of run"):
        run()


def test_a_row_that_only_neo4j_refuses_is_put_aside_and_the_rest_lands(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: a constraint that nobody declared, and somebody who breaks it
    neo4j_empty.run_schema("CREATE CONSTRAINT poison IF NOT EXISTS FOR (n:HCP) REQUIRE n.city IS UNIQUE")
    try:
        deliveries.nppes("2025-01-01", person(ANNA, city="A"), person(BERT, city="B"), person(CARA, city="B"))

        # when
        report = run()

        # then
        assert [(source.state, source.rows_in) for source in report.sources] == [("loaded", 3)]
        rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.city AS city ORDER BY city")
        assert rows == [{"city": "A"}, {"city": "B"}]
        ((_, line, _, reason, _),) = put_aside(neo4j_settings)
        assert (line in (3, 4), reason) == (True, "is refused by Neo4j")
        assert run().write_transactions == 0

        # when the file is corrected and delivered again under its name
        deliveries.nppes("2025-01-01", person(ANNA, city="A"), person(BERT, city="C"), person(CARA, city="D"))
        run()

        # then all of its records count
        rows = neo4j_empty.read("MATCH (n:HCP) RETURN n.city AS city ORDER BY city")
        assert rows == [{"city": "A"}, {"city": "C"}, {"city": "D"}]
        assert put_aside(neo4j_settings) == []
    finally:
        neo4j_empty.run_schema("DROP CONSTRAINT poison")


def test_an_older_dump_is_noticed_and_the_deliveries_since_are_replayed(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: two nights, and a graph in which the second never happened
    deliveries.nppes("2025-01-01", person(ANNA, city="OLDTOWN"))
    first = run()
    deliveries.nppes("2025-01-08", person(ANNA, city="NEWTOWN"))
    second = run()
    after = everything(neo4j_empty)
    neo4j_empty.write(
        "MATCH (n:HCP) SET n.city = 'OLDTOWN' WITH n MATCH (r:RefreshRun {id: $run}) "
        "OPTIONAL MATCH (r)<-[:APPLIED_BY]-(c:Change) DETACH DELETE r, c RETURN count(*) AS gone",
        run=second.run,
    )

    # when, then
    with pytest.raises(GraphMismatch, match=f"ends with run '{first.run}'.*--replay"):
        run()
    again = run(replay=True)
    assert (again.run, again.write_transactions) == (second.run, 1)
    assert [row for row in everything(neo4j_empty) if "NEWTOWN" in row] == [row for row in after if "NEWTOWN" in row]
    assert StateFolder(neo4j_settings).load().run == second.run
