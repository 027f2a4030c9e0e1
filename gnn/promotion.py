"""Changing the model in use: after training by its gates, by a person with a reason, or back to the one before.

The order is the same each time: files, then the version in the graph, then the file that decides, then the graph's
states (`gnn.champions`). Whatever crashes in between leaves one model in use, and it is the one that made the
predictions.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gnn.champions import BY_GATES, Champions, Kind, behind, model_in_use, settle
from gnn.gates import Challenger, Decision, Gate, judge
from gnn.model import Model
from gnn.registry import load_version, register, save
from gnn.tasks import TASKS, task_named
from graph.errors import ModelError, NotFound
from graph.ingest.recovery import sole_writer
from graph.settings import Settings
from graph.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Change:
    """What `twin models promote` and `rollback` print."""

    task: str
    before: str | None
    now: str
    at: datetime
    by: str
    why: str

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            "task": self.task,
            "before": self.before,
            "now": self.now,
            "at": self.at.isoformat(),
            "by": self.by,
            "why": self.why,
        }


def submit(settings: Settings, store: Store, challenger: Challenger) -> Decision:
    """Judge a newly trained model beside the one in use, keep it, and put it in use when it passed all gates.

    Waits for the lease of refreshes before it writes to the graph.
    """
    model = challenger.model
    compared, tried = Champions(settings, model.task), _tried(store, model)
    decision = _decide(settings, compared, tried, challenger)
    _, checksum = save(model, settings)
    with sole_writer(settings, store):
        champions, since = Champions(settings, model.task), _tried(store, model)
        if (champions.turns, since) != (compared.turns, tried):
            # Somebody changed the model in use, or tried another one, while this one was judged.
            decision = _decide(settings, champions, since, challenger)
        known = {row["id"] for row in store.read("analytics/model_states", task=model.task)}
        if champions.current != model.id or model.id not in known:
            register(store, model, checksum, decision)
        if decision.promoted and champions.current != model.id:
            champions.turn(model.id, "gates", BY_GATES, decision.reason)
        settle(store, champions)
    return decision


def promote(settings: Settings, name: str, by: str, why: str) -> Change:
    """Put a version (by id or version) in use whatever its gates said; who, when and why are kept."""
    with open_store(settings) as store, sole_writer(settings, store):
        row = find(store, name)
        champions = Champions(settings, row["task"])
        if row["id"] == champions.current:
            raise ModelError(f"{row['version']!r} is in use already: see `twin models`")
        return _change(settings, store, champions, row["id"], "person", by, why)


def rollback(settings: Settings, task: str, by: str, why: str) -> Change:
    """Back to the model that was in use before; raise `ModelError` when there was none."""
    task_named(task)
    with open_store(settings) as store, sole_writer(settings, store):
        champions = Champions(settings, task)
        if champions.before is None:
            first = find(store, model_in_use(settings, task))["version"]
            raise ModelError(
                f"there is none to go back to: {first!r} is the first model of {task!r} that was in use, and what came "
                "after it was rolled back; `twin models promote` puts any version in use"
            )
        return _change(settings, store, champions, champions.before, "rollback", by, why)


def settle_all(settings: Settings, store: Store) -> int:
    """Finish a change of models that was cut off, of every task; return how many models the graph was told of.

    Takes the lease only when there is something to do.
    """
    unfinished = [found for task in TASKS if behind(store, found := Champions(settings, task))]
    if not unfinished:
        return 0
    with sole_writer(settings, store):
        return sum(settle(store, Champions(settings, found.task)) for found in unfinished)


def find(store: Store, name: str) -> dict[str, Any]:
    """Row of `analytics/models` of the version called ``name``; raise `NotFound` with what there is."""
    rows = store.read("analytics/models")
    for row in rows:
        if name in (row["id"], row["version"]):
            return row
    known = ", ".join(row["version"] for row in rows) or "none is trained yet"
    raise NotFound(f"no model version is called {name!r}; there are: {known}")


def _tried(store: Store, model: Model) -> list[str]:
    """Other versions that were trained on the very same data, oldest first."""
    rows = store.read("analytics/models")
    return [
        row["version"]
        for row in reversed(rows)
        if (row["task"], row["data_fingerprint"]) == (model.task, model.fingerprint) and row["id"] != model.id
    ]


def _decide(settings: Settings, champions: Champions, tried: list[str], challenger: Challenger) -> Decision:
    current, model = champions.current, challenger.model
    if current == model.id:
        return Decision(model.version, (Gate("sameness", True, "the model in use, trained again"),))
    decision = judge(challenger, None if current is None else _champion(settings, current, model.task))
    if model.id in champions.rolled_back:
        words = "this very model was rolled back: `twin models promote` puts it in use again"
        decision = decision.with_gate(Gate("rollback", False, words))
    if tried and not decision.alone:
        # Of many tries one passes by luck.
        words = f"{tried[0]} was judged on the same data, this is try {len(tried) + 1}: a person may promote it"
        decision = decision.with_gate(Gate("repetition", False, words))
    return decision


def _champion(settings: Settings, name: str, task: str) -> Model | str:
    """The model, or why it cannot be read."""
    try:
        return load_version(settings, name, task)
    except ModelError as error:
        return str(error)


def _change(settings: Settings, store: Store, champions: Champions, name: str, kind: Kind, by: str, why: str) -> Change:
    # What cannot be used is refused before anything moves.
    model = load_version(settings, name, champions.task)
    versions = {row["id"]: row["version"] for row in store.read("analytics/models")}
    if name not in versions:
        raise ModelError(f"the graph does not hold model {model.version!r}: run `twin train {champions.task}`")
    before = champions.current
    turn = champions.turn(name, kind, by, why)
    settle(store, champions)
    shown = None if before is None else versions.get(before, before)
    return Change(champions.task, shown, model.version, turn.at.astimezone(UTC), by, why)
