"""Which model is in use, and which were before: a file that decides, and a graph that is made to say the same.

`TWIN_HOME/models/TASK.champions` lists every change of the model in use. It is replaced in one step, and that step is
the change. The graph follows: `settle` makes it a function of the file. After a crash in between, the graph still
shows the model before, which also made the predictions that it holds; the next command that trains, scores or changes
models settles it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from graph.errors import ModelError
from graph.settings import Settings
from graph.store import Store

Kind = Literal["gates", "person", "rollback"]
BY_GATES = "the gates of twin train"


@dataclass(frozen=True, slots=True)
class Turn:
    """One change: since ``at`` (UTC) the ``model`` is in use, because ``by`` decided so, for the reason in ``why``."""

    at: datetime
    model: str
    kind: Kind
    by: str
    why: str


class Champions:
    """The changes of one task, oldest first."""

    def __init__(self, settings: Settings, task: str) -> None:
        self.task = task
        self._path = settings.home / "models" / f"{task}.champions"
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            self.turns = tuple(Turn(**row | {"at": datetime.fromisoformat(row["at"])}) for row in rows)
        except FileNotFoundError:
            self.turns = ()
        except (ValueError, TypeError, KeyError):
            raise ModelError(f"{str(self._path)!r} cannot be read: restore it from the backup of TWIN_HOME") from None

    @property
    def current(self) -> str | None:
        """Id of the model in use."""
        return self.turns[-1].model if self.turns else None

    @property
    def before(self) -> str | None:
        """Id of the model that a rollback goes back to: what was in use before, without what was rolled back."""
        stack = self._stack()
        return stack[-2] if len(stack) > 1 else None

    @property
    def rolled_back(self) -> frozenset[str]:
        """Ids of models that somebody took out of use, and that nobody has put back since."""
        found: set[str] = set()
        for last, turn in zip((None, *self.turns), self.turns, strict=False):
            found.discard(turn.model)
            if turn.kind == "rollback" and last is not None:
                found.add(last.model)
        return frozenset(found)

    def turn(self, model: str, kind: Kind, by: str, why: str) -> Turn:
        """Put a model in use: written to disk before the file's name points at it."""
        last = self.turns[-1].at if self.turns else None
        now = datetime.now(UTC)
        # Clocks go back; the order of changes does not.
        turn = Turn(now if last is None else max(now, last), model, kind, by, why)
        self.turns = (*self.turns, turn)
        rows = [asdict(one) | {"at": one.at.isoformat()} for one in self.turns]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        return turn

    def states(self, versions: Mapping[str, str]) -> dict[str, tuple[str, Turn]]:
        """Per model that is or was in use: ``champion`` or ``retired``, and the change since which it is.

        ``versions`` are the names of models by id, for the words.
        """
        found: dict[str, tuple[str, Turn]] = {}
        for last, turn in zip((None, *self.turns), self.turns, strict=False):
            if last is not None and last.model != turn.model:
                found[last.model] = ("retired", replace(turn, why=_retired(turn, versions.get(turn.model, turn.model))))
            found[turn.model] = ("champion", turn)
        return found

    def _stack(self) -> list[str]:
        stack: list[str] = []
        for turn in self.turns:
            if turn.kind == "rollback":
                stack.pop()
            else:
                stack.append(turn.model)
        return stack


def _retired(turn: Turn, version: str) -> str:
    """Why the model before is not in use any more; ``version`` is the one that came in its place."""
    if turn.kind == "rollback":
        return f"rolled back to {version}: {turn.why}"
    return f"replaced by {version}" if turn.kind == "gates" else f"replaced by {version}: {turn.why}"


def behind(store: Store, champions: Champions) -> list[dict[str, object]]:
    """What the graph has to be told of the task's models so that it says what the file says; empty when it does."""
    return list(_differences(store, champions))


def settle(store: Store, champions: Champions) -> int:
    """Make the graph say which model is in use; return how many models were told otherwise. Needs the lease."""
    rows = behind(store, champions)
    if rows:
        store.write("analytics/model_settle", rows=rows)
    return len(rows)


def _differences(store: Store, champions: Champions) -> Iterator[dict[str, object]]:
    rows = store.read("analytics/model_states", task=champions.task)
    wanted = champions.states({row["id"]: row["version"] for row in rows})
    for row in rows:
        state, turn = wanted.get(row["id"], (None, None))
        if state is None and row["state"] != "champion" and not row["promoted"]:
            continue
        if turn is None:
            # Made with another TWIN_HOME, whose files are not here.
            yield _row(row["id"], "retired", datetime.now(UTC), "settle", "its files are not in this TWIN_HOME")
        elif (row["state"], row["promoted"]) != (state, state == "champion") or (
            row["since"] is None or row["since"].to_native() != turn.at
        ):
            yield _row(row["id"], str(state), turn.at, turn.by, turn.why)


def _row(model: str, state: str, since: datetime, by: str, why: str) -> dict[str, object]:
    return {"id": model, "state": state, "since": since, "by": by, "reason": why}


def model_in_use(settings: Settings, task: str) -> str:
    """Id of the task's model in use; raise `ModelError` when there is none."""
    found = Champions(settings, task).current
    if found is None:
        raise ModelError(f"no model for {task!r} is trained yet: run `twin train {task}`")
    return found
