"""The py2neo helper: what it promises to notebooks, on a real Neo4j where py2neo is installed."""

import importlib.util
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from graph.analyst import analyst_graph
from graph.errors import ConfigurationError, InstallationError, StoreUnavailable
from graph.settings import Settings
from graph.store import Store

HAS_PY2NEO = importlib.util.find_spec("py2neo") is not None
needs_py2neo = pytest.mark.skipif(
    not HAS_PY2NEO, reason="py2neo is an extra and not installed here: pip install py2neo to try it"
)
PEOPLE = "UNWIND ['2999000005', '2999079199'] AS npi CREATE (:HCP {id: 'hcp_' + npi, npi: npi})"


def _settings(tmp_path: object, **variables: str) -> Settings:
    return Settings.load({"TWIN_HOME": str(tmp_path), **variables})


@pytest.fixture
def notebook(neo4j_empty: Store, tmp_path: object) -> Iterator[Any]:
    """An analyst's graph on a store with two people; py2neo closes no connection by itself."""
    neo4j_empty.write(PEOPLE)
    at = neo4j_empty.connection
    opened = analyst_graph(_settings(tmp_path, NEO4J_URI=at.uri, NEO4J_USER=at.user, NEO4J_PASSWORD=at.password))
    yield opened
    opened.service.connector.close()


@pytest.mark.parametrize("uri", ["neo4j://db.example.org", "bolt+s://db.example.org"])
def test_another_scheme_than_bolt_is_refused(tmp_path: object, uri: str) -> None:
    with pytest.raises(ConfigurationError, match="reads over 'bolt://' only"):
        analyst_graph(_settings(tmp_path, NEO4J_URI=uri, NEO4J_PASSWORD="not-a-secret"))


def test_without_a_server_it_says_how_to_start_one(tmp_path: object) -> None:
    with pytest.raises(StoreUnavailable, match="run `twin neo4j start`"):
        analyst_graph(_settings(tmp_path))


def test_without_py2neo_it_says_what_to_install(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setitem(sys.modules, "py2neo", None)

    # then
    with pytest.raises(InstallationError, match=r"run `pip install py2neo`"):
        analyst_graph(_settings(tmp_path, NEO4J_URI="bolt://127.0.0.1:7687", NEO4J_PASSWORD="not-a-secret"))


@needs_py2neo
def test_a_question_comes_back_as_a_table_and_as_nodes(notebook: Any) -> None:
    # when
    table = notebook.query("MATCH (h:HCP) WHERE h.npi < $below RETURN h.npi AS npi", {"below": "2999079199"}).to_table()
    node = notebook.nodes.match("HCP", npi="2999079199").first()

    # then
    assert table.keys() == ["npi"]
    assert list(table) == [("2999000005",)]
    assert dict(node) == {"id": "hcp_2999079199", "npi": "2999079199"}


@needs_py2neo
def test_every_way_of_writing_is_refused_and_nothing_changed(notebook: Any, neo4j_empty: Store) -> None:
    # given
    from py2neo import Node
    from py2neo.errors import ClientError

    write = "CREATE (:HCP {id: 'intruder'})"
    ways = {
        "query": lambda: notebook.query(write),
        "run": lambda: notebook.run(write),
        "evaluate": lambda: notebook.evaluate(write),
        "update": lambda: notebook.update(write),
        "auto": lambda: notebook.auto(readonly=False).run(write),
        "begin": lambda: notebook.begin(readonly=False).run(write),
        "create": lambda: notebook.create(Node("HCP", id="intruder")),
        "merge": lambda: notebook.merge(Node("HCP", id="intruder"), "HCP", "id"),
        "delete_all": notebook.delete_all,
    }

    # when
    refused = {}
    for name, way in ways.items():
        with pytest.raises(ClientError) as caught:
            way()
        refused[name] = caught.value.code

    # then
    assert set(refused.values()) == {"Neo.ClientError.Statement.AccessMode"}
    assert neo4j_empty.read("MATCH (h:HCP) RETURN h.id AS id ORDER BY id") == [
        {"id": "hcp_2999000005"},
        {"id": "hcp_2999079199"},
    ]
