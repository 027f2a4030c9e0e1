"""What changed: the log of an entity, newest first."""

import datetime

from graph.errors import NotFound
from graph.schema.catalogue import NODE_TYPES
from graph.schema.evidence import KIND
from graph.store import Store
from graph.store.store import Row

REMEDY = "use an id, or system:value such as npi:1234567893"
ENTITIES = "|".join(one.label for one in NODE_TYPES if one.logged and one.key == "id" and one.written_by == "refresh")
IS_THERE = f"MATCH (entity:{ENTITIES} {{id: $entity_id}}) RETURN entity.id AS id LIMIT 1"


def find_entity(store: Store, entity: str) -> str:
    """The id behind ``entity``: an id itself, or an identifier such as ``npi:1234567893``; raise `NotFound`."""
    if ":" not in entity:
        return entity
    system, _, value = entity.partition(":")
    rows = store.read("read/changes_entity_by_identifier", key=f"{system}|{value}")
    if not rows:
        raise NotFound(f"nothing in the twin is known as {entity!r}: {REMEDY}")
    return str(rows[0]["id"])


def changes_of(
    store: Store,
    entity: str,
    since: datetime.date,
    limit: int = 1000,
    *,
    until: datetime.date | None = None,
    kinds: tuple[str, ...] = (),
) -> list[Row]:
    """What the twin recorded about an entity from one date to another, both included, newest first.

    Relationships count for both ends. ``kinds`` names some of `KIND`, none for all. Raise `NotFound` when nothing is
    known under that name.
    """
    entity_id = find_entity(store, entity)
    rows = store.read(
        "read/changes_of_entity",
        entity_id=entity_id,
        since=since,
        until=until or datetime.date.max,
        kinds=list(kinds or KIND),
        limit=limit,
    )
    if not rows and not store.read(IS_THERE, entity_id=entity_id):
        raise NotFound(f"nothing in the twin is known as {entity!r}: {REMEDY}")
    return rows
