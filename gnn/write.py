"""Writing predictions: new ones replace old ones in one step, so that readers never see half.

What is there is read first, and only what differs is sent. What is new, and the log, are written before in transactions
of bounded size, where readers do not find them yet: a prediction without its task, an entry of the log without its
label. One short transaction for each product then moves the values and shows them all. What costs a commit much and can
wait follows it: what ended is removed, and relationships to the model that each prediction names by its id. Texts are
derived from the declaration because labels cannot be parameters; all values are parameters.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gnn import changes
from gnn.model import Model
from gnn.prediction import Prediction
from gnn.stored import PROPERTIES, Stored, read_stored, values_of
from gnn.write_reasons import add_reasons, change_reasons
from graph.errors import ModelError, StoreUnavailable
from graph.schema.catalogue import node_type
from graph.store import BATCH, Store, Work, parts, publish

TIMEOUT_SECONDS = 900.0
"""For reading or moving all values: on a busy machine it may take longer than a statement may."""
BEGIN = "MERGE (mark:Sequence {name: 'scoring'}) SET mark.value = 1"
END = "MATCH (mark:Sequence {name: 'scoring'}) DELETE mark"
LEFT = (
    "MATCH (node:Prediction) WHERE node.task IS NULL WITH node LIMIT $most DETACH DELETE node RETURN count(*) AS gone",
    "MATCH (node:Change) WHERE node.label IS NULL WITH node LIMIT $most DETACH DELETE node RETURN count(*) AS gone",
)
SEEN = "UNWIND $ids AS id MATCH (node:Prediction {id: id}) SET node.task = $task"
GONE = "UNWIND $rows AS id MATCH (old:Prediction {id: id}) DETACH DELETE old"
TURN = (
    "MATCH (model:ModelVersion {id: $model}) UNWIND $rows AS id MATCH (node:Prediction {id: id}) "
    "OPTIONAL MATCH (node)-[old:BY]->() DELETE old CREATE (node)-[:BY]->(model)"
)
"""Predictions that another model made are this one's."""
LONELY = "MATCH (segment:CohortSegment) WHERE NOT (segment)<-[:ABOUT]-() DELETE segment"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for cycles: here it goes again and again through all that was read and will be sent."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_uncollected()
def write_predictions(
    store: Store,
    model: Model,
    task: str,
    as_of: date,
    fixed: Mapping[str, Any],
    predictions: Sequence[Prediction],
) -> tuple[int, int]:
    """Replace the task's predictions; return how many are new and how many were removed.

    ``fixed`` holds the properties that all share. A prediction that exists is updated in place, one that is no
    longer current is removed with its relationships; the log gets what was and what is. Raise `ModelError`, with
    nothing changed, when the graph lacks the model or a subject. Nobody else may write at the same time.
    """
    rows = {prediction.id(task): prediction for prediction in predictions}
    shared = {**fixed, "asOf": as_of, "modelId": model.id}
    clear(store)
    before = store.transact(
        lambda work: read_stored(work, task, {**shared, "task": task}), timeout_seconds=TIMEOUT_SECONDS
    )
    new = {name: row for name, row in rows.items() if name not in before}
    gone = sorted(before.keys() - rows.keys())
    store.transact(lambda work: _require_model(work, model.id, len(rows)))
    ended = store.transact(lambda work: changes.read_ended(work, gone))
    store.write(BEGIN)
    try:
        _create_segments(store, new)
        _create(store, new, shared, model.id)
        add_reasons(store, new)
        moves = _by_product(rows, before, ended)
        for move in moves:
            move.log = list(changes.difference(move.before, ended, move.rows, task, model.version)) if before else []
        classes = [shared["dataClass"], *shared["dataClasses"]]
        changes.write_log(store, [row for move in moves for row in move.log], model, shared["asOf"], classes)
        for move in moves:
            publish(
                store,
                lambda work, move=move: _show(work, move, {**shared, "task": task}),  # type: ignore[misc]
                timeout_seconds=TIMEOUT_SECONDS,
            )
        _settle(store, gone, [name for name in rows if name in before and before[name].model != model.version], model)
    except Exception:
        # When Neo4j is gone, the next scoring does it.
        with suppress(StoreUnavailable):
            clear(store)
        raise
    return len(new), len(gone)


@dataclass(slots=True)
class Move:
    """What readers see at once: the predictions of a product as they were and as they will be, and their log."""

    before: dict[str, Stored] = field(default_factory=dict)
    rows: dict[str, Prediction] = field(default_factory=dict)
    log: list[list[Any]] = field(default_factory=list)


def _by_product(
    rows: Mapping[str, Prediction], before: Mapping[str, Stored], ended: Mapping[str, Mapping[str, Any]]
) -> list[Move]:
    """A question is about one product, so each may move by itself: all at once may not fit into Neo4j's memory."""
    moves: dict[str, Move] = {}
    for name, row in rows.items():
        moves.setdefault(row.product, Move()).rows[name] = row
    for name, was in before.items():
        product = rows[name].product if name in rows else str(ended[name]["product"])
        moves.setdefault(product, Move()).before[name] = was
    return [moves[product] for product in sorted(moves)]


def _show(work: Work, move: Move, shared: dict[str, Any]) -> None:
    """Move a product's predictions: the only transaction that readers notice."""
    stay = {name: row for name, row in move.rows.items() if name in move.before}
    _update(work, stay, move.before, shared)
    change_reasons(work, stay, move.before)
    for names, seen in ((move.rows.keys() - stay, shared["task"]), (move.before.keys() - stay, None)):
        for part in parts(sorted(names)):
            work.run(SEEN, {"ids": part, "task": seen})
    changes.show_log(work, [row[0] for row in move.log])


def _settle(store: Store, gone: list[str], turned: list[str], model: Model) -> None:
    """What follows the switch: remove what readers see no longer, and turn relationships to the model."""
    for part in parts(gone):
        store.write(GONE, rows=part)
    for part in parts(turned):
        store.write(TURN, rows=part, model=model.id)
    store.write(LONELY)
    store.write(END)


def clear(store: Store) -> None:
    """Remove what a scoring that was cut off has written and not shown."""
    if not store.read("MATCH (mark:Sequence {name: 'scoring'}) RETURN mark.value AS value"):
        return
    for text in LEFT:
        while store.write(text, most=BATCH)[0]["gone"]:
            pass
    store.write(END)


def _require_model(transaction: Work, model: str, count: int) -> None:
    if not transaction.run("MATCH (model:ModelVersion {id: $model}) RETURN model.id AS id", {"model": model}):
        raise ModelError(
            f"{count} of {count} predictions are BY a ModelVersion that the graph does not hold: train the model on "
            "this graph, then score again"
        )


def _create_segments(store: Store, new: Mapping[str, Prediction]) -> None:
    """Subjects that only predictions are about; a reader comes to them by their predictions alone."""
    segments = {row.segment for row in new.values() if row.segment is not None}
    text = (
        "UNWIND $rows AS row MERGE (segment:CohortSegment {id: row[0]}) "
        "SET segment.level = row[1], segment.planKind = row[2], segment.state = row[3], segment.siteOfCare = row[4]"
    )
    rows = sorted([one.id, one.level, one.plan_kind, one.state, one.site_of_care] for one in segments)
    for part in parts(rows):
        store.write(text, rows=part)


def _create(store: Store, new: Mapping[str, Prediction], shared: dict[str, Any], model: str) -> None:
    """New nodes with all that they are joined to; the rows of a statement are about one label."""
    for label, planned in sorted({(row.label, row.plan is not None) for row in new.values()}):
        text = (
            f"UNWIND $rows AS row MATCH (model:ModelVersion {{id: $model}}) "
            f"MATCH (about:{node_type(label).label} {{id: row[1]}}) MATCH (product:Product {{id: row[2]}}) "
            + ("MATCH (plan:Plan {id: row[3]}) " if planned else "")
            + "CREATE (node:Prediction {id: row[0]}) SET node += $shared, node += row[4] "
            "CREATE (node)-[:ABOUT]->(about) CREATE (node)-[:FOR]->(product) CREATE (node)-[:BY]->(model) "
            + ("CREATE (node)-[:UNDER]->(plan) " if planned else "")
            + "RETURN count(*) AS written"
        )
        chosen = [
            [
                name,
                row.subject,
                row.product,
                row.plan,
                {"level": row.level, **dict(zip(PROPERTIES, values_of(row), strict=True))},
            ]
            for name, row in new.items()
            if row.label == label and (row.plan is not None) == planned
        ]
        for part in parts(chosen):
            written = store.write(text, rows=part, shared=shared, model=model)[0]["written"]
            if written != len(part):
                raise ModelError(
                    f"{len(part) - written} of {len(part)} predictions are about a {label}, a product or a plan that "
                    "the graph does not hold: train the model on this graph, then score again"
                )


def _update(
    transaction: Work, stay: Mapping[str, Prediction], before: Mapping[str, Stored], shared: dict[str, Any]
) -> None:
    """Of each prediction that stays, the properties that differ."""
    differ = []
    for name, row in stay.items():
        was, now = before[name], values_of(row)
        if now != was.values or not was.current:
            pairs = zip(PROPERTIES, now, was.values, strict=True)
            differ.append([name, {key: value for key, value, old in pairs if value != old}])
    text = "UNWIND $rows AS row MATCH (node:Prediction {id: row[0]}) SET node += $shared, node += row[1]"
    for part in parts(differ):
        transaction.run(text, {"rows": part, "shared": shared})
