"""Where a value comes from: source, file, row, run and mapping version."""

import datetime
from dataclasses import dataclass

from graph.errors import NotFound
from graph.history.changes import REMEDY, find_entity
from graph.schema.catalogue import RELS
from graph.store import Store

MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """What gives some properties of an entity, or of one of its relationships.

    ``what`` is the label or the relationship type, ``other`` the other end. ``properties`` are names, or ``*`` for all
    that are there. ``file`` and ``row`` are None for a value that is made from many rows. ``run`` is the run that took
    the claim as it stands now, ``mapping_version`` the checksum of the mapping then.
    """

    what: str
    other: str | None
    properties: tuple[str, ...]
    source: str
    file: str | None
    row: int | None
    run: str | None
    delivered_on: datetime.date | None
    mapping_version: str | None

    def gives(self, name: str) -> bool:
        """Whether the value of a property comes from here; a relationship type stands for itself."""
        if name in RELS:
            return self.what == name
        return self.other is None and (name in self.properties or self.properties == ("*",))


def lineage_of(store: Store, entity: str, name: str | None = None) -> list[Origin]:
    """The origins of an entity's values, of one property, or of its relationships of one type.

    Raise `NotFound` when nothing is known under that name, or nothing there has a property or relationship so called.
    """
    entity_id = find_entity(store, entity)
    types = [name] if name in RELS else []
    rows = store.read("read/lineage_of_entity", entity_id=entity_id, types=types, limit=MOST_ROWS)
    if not rows:
        raise NotFound(f"nothing in the twin is known as {entity!r}: {REMEDY}")
    found = [_origin(**row) for row in rows]
    if name is None:
        return found
    label = next(one.what for one in found if one.other is None)
    if name not in RELS and not store.read(
        f"MATCH (n:`{label}` {{id: $id}}) WHERE n[$name] IS NOT NULL RETURN n.id AS id", id=entity_id, name=name
    ):
        raise NotFound(f"{entity!r} has no value for {name!r}: see `twin schema --reference` for its properties")
    return [one for one in found if one.gives(name)]


def _origin(
    what: str,
    other: str | None,
    source: str,
    record: str,
    run: str,
    properties: list[str],
    delivered_on: object,
    mapping_version: str | None,
) -> Origin:
    file, _, row = record.rpartition(":")
    day = getattr(delivered_on, "to_native", lambda: None)()
    return Origin(
        what,
        other,
        tuple(properties),
        source,
        file or None,
        int(row) if file else None,
        run or None,
        day,
        mapping_version,
    )
