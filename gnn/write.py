"""Writing predictions: new ones replace old ones in one transaction, so that readers never see half.

Texts are derived from the declaration because labels cannot be parameters; all values are parameters.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from gnn import changes
from gnn.model import Model
from gnn.prediction import Prediction
from graph.errors import ModelError
from graph.schema.catalogue import node_type
from graph.store import Store, Work, publish

BATCH = 10_000


def write_predictions(
    store: Store,
    model: Model,
    task: str,
    as_of: date,
    fixed: dict[str, Any],
    predictions: Sequence[Prediction],
) -> tuple[int, int]:
    """Replace the task's predictions; return how many are new and how many were removed.

    ``fixed`` holds the properties that all share. A prediction that exists is updated in place, one that is no
    longer current is removed with its relationships; the log gets what was and what is. Raise `ModelError`, with
    nothing written, when the graph lacks the model or a subject.
    """
    rows = {prediction.id(task): prediction for prediction in predictions}
    shared = fixed | {"task": task, "asOf": as_of}

    def work(transaction: Work) -> tuple[int, int]:
        before = changes.read_old(transaction, task)
        old = set(before)
        gone = sorted(old - rows.keys())
        for part in _parts(gone):
            transaction.run("UNWIND $ids AS id MATCH (old:Prediction {id: id}) DETACH DELETE old", {"ids": part})
        for part in _parts(sorted(old & rows.keys())):
            transaction.run(
                "UNWIND $ids AS id MATCH (old:Prediction {id: id})-[outdated:BECAUSE|BY]->() DELETE outdated",
                {"ids": part},
            )
        new = {name: row for name, row in rows.items() if name not in old}
        _write_nodes(transaction, rows, old, shared)
        _write_subjects(transaction, new)
        _write_model(transaction, list(rows), model.id)
        _write_reasons(transaction, rows)
        differ = list(changes.difference(before, rows, task, model.version))
        classes = [fixed["dataClass"], *fixed["dataClasses"]]
        changes.write_log(transaction, _parts(differ), model, as_of, classes)
        return len(new), len(gone)

    (new, gone), _ = publish(store, work)
    return new, gone


def _write_nodes(transaction: Work, rows: dict[str, Prediction], old: set[str], shared: dict[str, Any]) -> None:
    for exists, text in (
        (False, "UNWIND $rows AS row CREATE (node:Prediction {id: row[0]}) SET node += $shared, node += row[1]"),
        (True, "UNWIND $rows AS row MATCH (node:Prediction {id: row[0]}) SET node += $shared, node += row[1]"),
    ):
        chosen = [[name, _properties(row)] for name, row in rows.items() if (name in old) == exists]
        for part in _parts(chosen):
            transaction.run(text, {"rows": part, "shared": shared})


def _write_subjects(transaction: Work, new: dict[str, Prediction]) -> None:
    for label in sorted({row.label for row in new.values()}):
        pairs = [[name, row.subject] for name, row in new.items() if row.label == label]
        _join(transaction, "ABOUT", label, pairs)
    _join(transaction, "UNDER", "Plan", [[name, row.plan] for name, row in new.items() if row.plan is not None])
    _join(transaction, "FOR", "Product", [[name, row.product] for name, row in new.items()])


def _write_model(transaction: Work, names: list[str], model: str) -> None:
    _join(transaction, "BY", "ModelVersion", [[name, model] for name in names])


def _join(transaction: Work, relationship: str, label: str, pairs: list[list[str]]) -> None:
    text = (
        f"UNWIND $rows AS row MATCH (node:Prediction {{id: row[0]}}) MATCH (other:{node_type(label).label} "
        f"{{id: row[1]}}) CREATE (node)-[:{relationship}]->(other) RETURN count(*) AS written"
    )
    # Sorted by the crowded end: its relationship chain is touched in one go.
    for part in _parts(sorted(pairs, key=lambda pair: pair[1])):
        written = transaction.run(text, {"rows": part})[0]["written"]
        if written != len(part):
            raise ModelError(
                f"{len(part) - written} of {len(part)} predictions are {relationship} a {label} that the graph does "
                "not hold: train the model on this graph, then score again"
            )


def _write_reasons(transaction: Work, rows: dict[str, Prediction]) -> None:
    by_label: dict[str, list[list[Any]]] = {}
    for name, row in rows.items():
        for rank, reason in enumerate(row.reasons, start=1):
            by_label.setdefault(reason.label, []).append(
                [name, reason.node, rank, reason.text, reason.share, list(reason.data_classes)]
            )
    for label, reasons in sorted(by_label.items()):
        text = (
            f"UNWIND $rows AS row MATCH (node:Prediction {{id: row[0]}}) MATCH (other:{node_type(label).label} "
            "{id: row[1]}) CREATE (node)-[:BECAUSE {rank: row[2], reason: row[3], share: row[4], "
            "dataClasses: row[5]}]->(other)"
        )
        for part in _parts(sorted(reasons, key=lambda reason: reason[1])):
            transaction.run(text, {"rows": part})


def _properties(row: Prediction) -> dict[str, Any]:
    return {
        "level": row.level,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "expectedStarts": row.expected_starts,
        "saveableStarts": row.saveable_starts,
        "mainBarrier": row.main_barrier,
        "barrierShares": None if row.barrier_shares is None else list(row.barrier_shares),
        "evidenceStarts": row.evidence_starts,
        "clinicalLead": row.clinical_lead,
        "policySays": row.policy_says,
        "claimsShow": row.claims_show,
        "policyGap": None if row.policy_says is None or row.claims_show is None else row.claims_show - row.policy_says,
        "explained": row.explained,
    }


def _parts(items: Sequence[Any]) -> Iterator[list[Any]]:
    for low in range(0, len(items), BATCH):
        yield list(items[low : low + BATCH])
