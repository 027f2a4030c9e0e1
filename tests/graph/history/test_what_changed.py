"""Planted changes of several kinds are all found, nothing else is, and each is called what it is."""

from bench.what_changed import measure
from graph.settings import Settings
from graph.store import Store


def test_every_planted_change_is_logged_and_named(neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # when
    found = measure(neo4j_settings, neo4j_empty, 60)

    # then
    assert found["planted"] == found["logged"] > 80
    assert (found["missing"], found["unplanned"], found["wrong_kind"]) == ([], [], [])
    assert (found["precision"], found["recall"], found["kind_right"]) == (1.0, 1.0, 1.0)
