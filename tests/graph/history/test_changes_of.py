"""Asking for the changes of one entity: no change and no entity are different answers."""

import datetime

import pytest

from graph.errors import NotFound
from graph.history.changes import changes_of
from graph.store import Store

SINCE = datetime.date(2025, 1, 1)


def test_an_entity_that_never_changed_has_no_changes(neo4j_empty: Store) -> None:
    # given
    neo4j_empty.write("CREATE (:HCP {id: 'hcp_1', npi: '1234567893'})")

    # then
    assert changes_of(neo4j_empty, "hcp_1", SINCE) == []


@pytest.mark.parametrize("entity", ["hcp_2", "1234567893"])
def test_what_is_no_id_is_named(neo4j_empty: Store, entity: str) -> None:
    # given an HCP that has another id, and the NPI that was given without its system
    neo4j_empty.write("CREATE (:HCP {id: 'hcp_1', npi: '1234567893'})")

    # then
    with pytest.raises(NotFound, match=f"nothing in the twin is known as '{entity}': use an id, or system:value"):
        changes_of(neo4j_empty, entity, SINCE)
