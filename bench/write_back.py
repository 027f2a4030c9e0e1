"""Writing predictions back, beside the plain driver: `python -m bench.write_back --hcps 20000`.

Four scorings of three tasks follow each other on a server that starts empty: the first; one after which most values
have changed; one more by another model; and one that finds nothing changed. On another server the plain driver sends
the same statements with the same rows in the same transactions: what is created, changed, removed and logged. It does
not read what is there, compare, or hide and show: its predictions have their task and its log its label from the
start. Both graphs must end equal. Beside the seconds stands how long a commit keeps readers waiting.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import neo4j

from bench.machine import Clock, described
from bench.predicted import FIXED, Predicted
from bench.twins import empty_server
from gnn.write import write_predictions
from graph.schema.derive import constraint_statements
from graph.store import Store, plan_anew
from graph.store.store import Row, Work, text_of

AS_OF = datetime.date(2025, 11, 1)
SCORINGS: Mapping[str, tuple[int, int]] = {
    "first": (1, 1),
    "most changed": (2, 1),
    "another model": (3, 2),
    "nothing changed": (3, 2),
}
"""By name: which round of predictions, by which model."""
GOAL = 1.3
Statement = tuple[str, dict[str, Any]]
Sent = dict[str, list[list[Statement]]]
"""Per scoring its transactions, each with its writing statements."""
PAGE = 20_000


@dataclass(frozen=True, slots=True)
class _Model:
    id: str
    version: str


@dataclass(slots=True)
class Took:
    """Per scoring: elapsed seconds and CPU of client and server, and the longest a commit kept readers waiting."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str, pid: int) -> Iterator[None]:
        clock = Clock(pid)
        yield
        read = clock.read()
        self.seconds[name], self.cpu[name] = read["wall"], read["client"] + read["server"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hcps", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    print(described())  # noqa: T201
    with tempfile.TemporaryDirectory() as temporary:
        for line in compare(Predicted(chosen.hcps), Path(temporary), chosen.rounds):
            print(line, flush=True)  # noqa: T201


def compare(twin: Predicted, folder: Path, rounds: int) -> Iterator[str]:
    """Write in turn; yield the lines of the table."""
    ours, plain = [], []
    for number in range(1, rounds + 1):
        with empty_server(folder / "ours") as (_, store, pid):
            prepare(store, twin)
            took, sent = score_all(store, twin, pid)
            end = contents(store)
        ours.append(took)
        with empty_server(folder / "plain") as (_, store, pid):
            prepare(store, twin)
            plain.append(send_all(store, sent, pid))
            if contents(store) != end:
                raise RuntimeError("the plain driver has made another graph")
        yield f"round {number}: ours {_shown(ours[-1].seconds)}; plain driver {_shown(plain[-1].seconds)}"
    yield f"{sum(len(twin.predictions(task, 1)) for task in FIXED):,} predictions of {twin.hcps:,} HCPs"
    for name in SCORINGS:
        rows = sum(len(given["rows"]) for work in sent[name] for _, given in work)
        line = f"{name:16} {_median(ours, 'seconds', name):6.2f} s, CPU {_median(ours, 'cpu', name):6.2f} s"
        line += f", {rows:9,} rows; readers waited {_median(ours, 'waiting', name):.2f} s at most"
        yield line
        if rows:
            yield (
                f"{'':16} / plain driver: "
                + "; ".join(f"{what} {_ratio(ours, plain, what, name)}" for what in ("seconds", "cpu"))
                + f" (goal at most {GOAL})"
            )


def prepare(store: Store, twin: Predicted) -> None:
    """The twin without predictions, with plans that fit it."""
    for text in constraint_statements():
        store.run_schema(text)
    twin.write(store)
    plan_anew(store)


def score_all(store: Store, twin: Predicted, pid: int) -> tuple[Took, Sent]:
    """All scorings as `twin score` writes them, with what was sent."""
    took, sent = Took(), {}
    for name, (scoring, model) in SCORINGS.items():
        made = {task: twin.predictions(task, scoring) for task in FIXED}
        with recorded() as work, waiting() as waits, took.of(name, pid):
            for task, predictions in made.items():
                by = _Model(f"model_{task}_{model}", f"{task}-{model}")
                write_predictions(store, by, task, AS_OF, FIXED[task], predictions)  # type: ignore[arg-type]
        sent[name], took.waiting[name] = work, max(waits)
        plan_anew(store)
    return took, sent


def send_all(store: Store, sent: Sent, pid: int) -> Took:
    """The same by the plain driver."""
    took = Took()
    connection = store.connection
    with (
        neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as driver,
        driver.session() as session,
    ):
        for name, transactions in sent.items():
            with took.of(name, pid):
                for statements in transactions:
                    session.execute_write(_send, statements)
            plan_anew(store)
    return took


def _send(transaction: neo4j.ManagedTransaction, statements: list[Statement]) -> None:
    for text, parameters in statements:
        transaction.run(text, parameters).consume()


@contextmanager
def recorded() -> Iterator[list[list[Statement]]]:
    """Within the block, every statement with ``rows`` is kept, by transaction, as one that hides nothing."""
    kept: list[list[Statement]] = []
    run = Work.run
    seen: dict[int, tuple[Work, list[Statement]]] = {}

    def recording(work: Work, name_or_text: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        if parameters is not None and "rows" in parameters:
            if id(work) not in seen:
                seen[id(work)] = (work, [])
                kept.append(seen[id(work)][1])
            given = dict(parameters)
            if "label" in given:
                given["label"] = "Prediction"
            if "shared" in given:
                given["shared"] = {**given["shared"], "task": given["shared"]["dataClass"]}
            seen[id(work)][1].append((text_of(name_or_text), given))
        return run(work, name_or_text, parameters)

    Work.run = recording  # type: ignore[method-assign, assignment]
    try:
        yield kept
    finally:
        Work.run = run  # type: ignore[method-assign]


@contextmanager
def waiting() -> Iterator[list[float]]:
    """Within the block: how long the counters differ around each commit, in seconds."""
    module = sys.modules["graph.store.publish"]  # the package shows its function under the same name
    raising, levelling = module.raise_writing, module.level
    found, since = [0.0], [0.0]

    def raised(store: Store) -> int:
        sequence: int = raising(store)
        since[0] = time.monotonic()
        return sequence

    def levelled(store: Store) -> int:
        sequence: int = levelling(store)
        found.append(time.monotonic() - since[0])
        return sequence

    vars(module).update(raise_writing=raised, level=levelled)
    try:
        yield found
    finally:
        vars(module).update(raise_writing=raising, level=levelling)


def contents(store: Store) -> str:
    """A checksum of the predictions, their relationships and the log, whatever wrote them."""
    digest = hashlib.sha256()
    texts = (
        "MATCH (p:Prediction) RETURN properties(p) AS found ORDER BY p.id",
        "MATCH (p:Prediction)-[r]->(n) RETURN [p.id, type(r), n.id, properties(r)] AS found "
        "ORDER BY p.id, type(r), n.id, r.rank",
        "MATCH (c:Change)-[:BY]->(m:ModelVersion) RETURN [properties(c), m.id] AS found ORDER BY c.id",
    )
    connection = store.connection
    with (
        neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as driver,
        driver.session(fetch_size=PAGE) as session,
    ):
        for text in texts:
            for row in session.run(text):
                digest.update(json.dumps(row["found"], sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _shown(seconds: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f} s" for name, value in seconds.items())


def _median(took: list[Took], what: str, name: str) -> float:
    return float(statistics.median(getattr(one, what)[name] for one in took))


def _ratio(ours: list[Took], plain: list[Took], what: str, name: str) -> str:
    pairs = sorted(
        getattr(one, what)[name] / getattr(other, what)[name] for one, other in zip(ours, plain, strict=True)
    )
    return f"{statistics.median(pairs):.2f} ({pairs[0]:.2f} to {pairs[-1]:.2f})"


if __name__ == "__main__":
    main()
