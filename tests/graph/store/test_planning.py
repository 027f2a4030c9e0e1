"""Kept plans are forgotten and indexes sampled after a bulk write; a server that forbids it is no failure."""

import pytest

from graph.store import Store, plan_anew, planning


def test_statistics_know_what_was_just_written(neo4j_empty: Store) -> None:
    # given rows that an index has not been sampled for
    neo4j_empty.write("UNWIND range(1, 5000) AS n CREATE (:Prediction {id: 'p' + n, dataClass: 'influence'})")

    # when
    plan_anew(neo4j_empty)

    # then
    found = neo4j_empty.read("CALL db.stats.retrieve('GRAPH COUNTS') YIELD data RETURN data.indexes AS indexes")
    sizes = {
        (*index["labels"], *index["properties"]): (index["totalSize"], index["updatesSinceEstimation"])
        for index in found[0]["indexes"]
        if "labels" in index
    }
    assert sizes["Prediction", "id"] == (5000, 0)
    assert sizes["Prediction", "dataClass"] == (5000, 0)


def test_few_changes_in_a_large_graph_leave_the_plans(neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # given fifty nodes and fifty relationships
    monkeypatch.setattr(planning, "REPLAN", "CREATE (:Asked) RETURN 1 AS one")
    neo4j_empty.write("UNWIND range(1, 50) AS n CREATE (:Prediction {id: 'p' + n})-[:OF]->(:Prediction {id: 'q' + n})")

    def asked() -> int:
        return int(neo4j_empty.read("MATCH (n:Asked) RETURN count(n) AS times")[0]["times"])

    # then
    plan_anew(neo4j_empty, changed=14)
    assert asked() == 0
    plan_anew(neo4j_empty, changed=15)
    assert asked() == 1


def test_a_server_that_has_no_such_procedure_is_told_and_borne(
    neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # given progress that may be told, and a server without the procedure
    monkeypatch.setattr("graph.progress._quiet", False)
    monkeypatch.setattr(planning, "REPLAN", "CALL db.noSuchProcedure(60)")

    plan_anew(neo4j_empty)

    assert "ProcedureNotFound" in capsys.readouterr().err
