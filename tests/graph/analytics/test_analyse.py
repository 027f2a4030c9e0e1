"""Graph data science on a real server: written back, stamped with the data's day, and nothing left behind."""

import datetime
import subprocess
import sys

import pytest

from graph.analytics import run as analysis
from graph.analytics.projection import graph_data_science, projection
from graph.analytics.run import analyse
from graph.errors import NotFound

DAY = datetime.date(2025, 3, 31)


@pytest.fixture
def two_circles(neo4j_empty):
    """Two circles of four HCPs each, joined by one thin tie from h0 to h4."""
    ties = [[a + 4 * side, b + 4 * side, 60] for side in (0, 1) for a in range(4) for b in range(4) if a != b]
    neo4j_empty.write("UNWIND range(0, 7) AS n CREATE (:HCP {id: 'hcp_' + n, npi: '199990000' + n})")
    neo4j_empty.write(
        "UNWIND $ties AS tie MATCH (a:HCP {id: 'hcp_' + tie[0]}), (b:HCP {id: 'hcp_' + tie[1]}) "
        "CREATE (a)-[:SHARES_PATIENTS {year: 2024, patients: tie[2], pairs: tie[2], sameDay: 0, knownAt: $day}]->(b)",
        ties=[*ties, [0, 4, 11]],
        day=DAY,
    )
    return neo4j_empty


def _values(store):
    rows = store.read(
        "MATCH (hcp:HCP) RETURN hcp.id AS id, hcp.pageRank AS rank, hcp.community AS community, "
        "hcp.betweenness AS between, hcp.embedding AS embedding, hcp.analysedOn AS day, hcp.analysisRun AS run "
        "ORDER BY id"
    )
    return {row.pop("id"): row for row in rows}


def _projections(store):
    return store.read("CALL gds.graph.list() YIELD graphName RETURN graphName AS name")


def test_everything_is_written_and_stamped_with_the_day_of_the_data(two_circles, neo4j_settings):
    # when
    report = analyse(neo4j_settings)

    # then
    found = _values(two_circles)
    assert (report.nodes, report.analysed_on) == (8, DAY)
    assert [one.property for one in report.algorithms] == ["pageRank", "community", "betweenness", "embedding"]
    assert [one.written for one in report.algorithms] == [8, 8, 8, 8]
    assert {row["run"] for row in found.values()} == {report.run}
    assert {row["day"].to_native() for row in found.values()} == {DAY}
    assert {len(row["embedding"]) for row in found.values()} == {64}
    # the circles are the communities, the thin tie carries all paths between them
    assert {found[f"hcp_{n}"]["community"] for n in range(4)} != {found[f"hcp_{n}"]["community"] for n in range(4, 8)}
    assert len({row["community"] for row in found.values()}) == 2
    assert sorted(found, key=lambda name: -found[name]["between"])[:2] == ["hcp_0", "hcp_4"]
    assert _projections(two_circles) == []


def test_a_second_analysis_of_the_same_data_gives_the_same_values(two_circles, neo4j_settings):
    # given
    first = analyse(neo4j_settings)
    before = _values(two_circles)

    # when
    second = analyse(neo4j_settings)

    # then only the run's name moved
    after = _values(two_circles)
    assert first.run != second.run
    for name, row in after.items():
        assert row | {"run": None} == before[name] | {"run": None}


def test_pagerank_of_the_server_equals_that_of_a_snapshot(two_circles, neo4j_settings):
    # given a start, because a snapshot needs one
    two_circles.write(
        "MATCH (h:HCP {id: 'hcp_0'}) CREATE (:Product {id: 'p', own: true})<-[:FOR]-(s:TherapyStart {id: 's', "
        "writtenOn: $day, knownAt: $day, rejectGroups: [], rejectKnownAt: []})-[:WRITTEN_BY]->(h)",
        day=DAY,
    )
    from gnn.features.pagerank import pagerank
    from gnn.view import View
    from graph.history.snapshot_read import read_snapshot

    # when
    analyse(neo4j_settings)
    ours = pagerank(View(read_snapshot(two_circles, neo4j_settings)))

    # then, up to scale (no HCP is without ties, so nothing dangles)
    theirs = [row["rank"] for row in _values(two_circles).values()]
    assert ours.tolist() == pytest.approx([rank / (sum(theirs) / 8) for rank in theirs], rel=1e-4)


def test_the_projection_is_dropped_when_an_algorithm_fails(two_circles, neo4j_settings, monkeypatch):
    # given an algorithm that fails with the projection in place
    seen = []

    def fails(_client, graph):
        seen.extend(_projections(two_circles))
        raise RuntimeError("out of memory")

    monkeypatch.setitem(analysis.ALGORITHMS, "Leiden", fails)

    # when
    with pytest.raises(RuntimeError, match="out of memory"):
        analyse(neo4j_settings)

    # then it was there, and is gone; nothing is stamped
    assert len(seen) == 1
    assert _projections(two_circles) == []
    assert {row["run"] for row in _values(two_circles).values()} == {None}


def test_dropping_twice_is_harmless(two_circles):
    with graph_data_science(two_circles.connection) as client, projection(client, "once") as (graph, _):
        graph.drop()
    assert _projections(two_circles) == []


def test_an_empty_twin_is_named(neo4j_empty, neo4j_settings):
    with pytest.raises(NotFound, match="the twin holds no dated data to analyse"):
        analyse(neo4j_settings)


def test_importing_the_analysis_loads_no_client():
    code = "import sys, graph.analytics.run; print('graphdatascience' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
