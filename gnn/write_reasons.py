"""Writing reasons: one that points where an old one did keeps its relationship, whatever its rank and words."""

from collections.abc import Iterator, Mapping
from typing import Any

from gnn.prediction import Prediction
from gnn.stored import Stored
from graph.schema.catalogue import node_type
from graph.store import Store, Work, parts

OUTDATED = "UNWIND $rows AS row MATCH (:Prediction {id: row[0]})-[old:BECAUSE]->() WHERE old.rank IN row[1] DELETE old"
MOVED = (
    "UNWIND $rows AS row MATCH (:Prediction {id: row[0]})-[old:BECAUSE]->() "
    "WITH old, row[1][old.rank - 1] AS now WHERE now IS NOT NULL "
    "SET old.rank = now[0], old.reason = now[1], old.share = now[2], old.dataClasses = now[3]"
)


def add_reasons(store: Store, rows: Mapping[str, Prediction]) -> None:
    """Write the reasons of predictions that are new, in transactions of their own."""
    found = [
        (reason.label, [name, *values])
        for name, row in rows.items()
        for reason, values in zip(row.reasons, _values(row), strict=True)
    ]
    for text, part in _additions(found):
        store.write(text, rows=part)


def change_reasons(transaction: Work, rows: Mapping[str, Prediction], before: Mapping[str, Stored]) -> None:
    """Make the reasons of predictions that stay those of the rows; ``before`` is what was there."""
    outdated: list[list[Any]] = []
    moved: list[list[Any]] = []
    new: list[tuple[str, list[Any]]] = []
    for name, row in rows.items():
        left, now = list(before[name].reasons), _values(row)
        if now == left:
            continue
        changed: dict[int, list[Any]] = {}
        for reason, values in zip(row.reasons, now, strict=True):
            old = _taken(left, reason.node)
            if old is None:
                new.append((reason.label, [name, *values]))
            elif values != old:
                changed[old[0]] = values[:4]
        if left:
            outdated.append([name, [old[0] for old in left]])
        if changed:
            moved.append([name, [changed.get(rank) for rank in range(1, max(changed) + 1)]])
    for part in parts(outdated):
        transaction.run(OUTDATED, {"rows": part})
    # A prediction's reasons change in one row: two of them may change places.
    for part in parts(moved):
        transaction.run(MOVED, {"rows": part})
    for text, part in _additions(new):
        transaction.run(text, {"rows": part})


def _additions(found: list[tuple[str, list[Any]]]) -> Iterator[tuple[str, list[Any]]]:
    """Statements that write reasons, each with its rows; the nodes of a statement have one label."""
    for label in sorted({label for label, _ in found}):
        text = (
            f"UNWIND $rows AS row MATCH (node:Prediction {{id: row[0]}}) MATCH (other:{node_type(label).label} "
            "{id: row[5]}) CREATE (node)-[:BECAUSE {rank: row[1], reason: row[2], share: row[3], "
            "dataClasses: row[4]}]->(other)"
        )
        # Sorted by the crowded end: its relationship chain is touched in one go.
        rows = sorted((row for one, row in found if one == label), key=lambda row: row[5])
        yield from ((text, part) for part in parts(rows))


def _values(row: Prediction) -> list[list[Any]]:
    """As `Stored` has them."""
    return [
        [rank, reason.text, reason.share, list(reason.data_classes), reason.node]
        for rank, reason in enumerate(row.reasons, start=1)
    ]


def _taken(left: list[list[Any]], node: str) -> list[Any] | None:
    """The first that points at the node, which is then no longer left."""
    for place, old in enumerate(left):
        if old[4] == node:
            return left.pop(place)
    return None
