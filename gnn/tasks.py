"""Prediction tasks as data: what is predicted, how far ahead, when a label may be trusted, how time is split."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graph.errors import ModelError
from graph.history.snapshot_tables import date_of

TaskName = Literal["access_friction", "adoption"]


@dataclass(frozen=True, slots=True)
class Task:
    """One task; all lengths are in days.

    A label looks at ``(T, T + horizon]`` and is trusted ``maturity`` days after its window. Snapshots are ``step``
    apart. Between the last training window and the first validation day lie at least ``gap`` days.
    """

    name: TaskName
    horizon: int
    maturity: int
    step: int
    gap: int
    warm_up: int
    validation_snapshots: int
    test_snapshots: int
    most_training_snapshots: int
    unit: str
    data_class: str
    data_classes: tuple[str, ...]
    """Data classes of all inputs."""


@dataclass(frozen=True, slots=True)
class Split:
    """Days of the snapshots of each part, ascending; every test day is later than all others."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


ACCESS_FRICTION = Task(
    name="access_friction",
    horizon=28,
    maturity=60,
    step=28,
    gap=60,
    warm_up=90,
    validation_snapshots=2,
    test_snapshots=2,
    most_training_snapshots=14,
    unit="probability",
    data_class="access_friction",
    data_classes=("coverage", "network", "prescribing", "product", "public_identity", "therapy"),
)
ADOPTION = Task(
    name="adoption",
    horizon=91,
    maturity=60,
    step=14,
    gap=0,
    warm_up=42,
    validation_snapshots=2,
    test_snapshots=1,
    most_training_snapshots=14,
    unit="probability",
    data_class="adoption",
    data_classes=(
        "coverage",
        "interaction",
        "network",
        "prescribing",
        "product",
        "public_identity",
        "research",
        "scientific",
        "therapy",
    ),
)
TASKS: Mapping[str, Task] = {task.name: task for task in (ACCESS_FRICTION, ADOPTION)}
FEWEST_TRAINING_SNAPSHOTS = 6


def task_named(name: str) -> Task:
    """The task called ``name``; raise `ModelError` naming the known ones."""
    if name == "influence":
        raise ModelError("'influence' has no model of its own: it is read from the adoption model; train 'adoption'")
    try:
        return TASKS[name]
    except KeyError:
        raise ModelError(f"task {name!r} is not known: use one of {', '.join(TASKS)}") from None


def split_time(task: Task, first: int, last: int) -> Split:
    """Forward-time split of what is known on day ``last``, when starts are observed from day ``first``.

    Only matured labels are used. Raise `ModelError` when the history is too short for six training snapshots.
    """
    newest = last - task.maturity - task.horizon
    test = _backwards(newest, task.step, task.test_snapshots)
    validation = _backwards(test[0] - task.horizon, task.step, task.validation_snapshots)
    train_newest = validation[0] - task.gap - task.horizon
    oldest = first + task.warm_up
    count = max(0, (train_newest - oldest) // task.step + 1)
    if count < FEWEST_TRAINING_SNAPSHOTS:
        needed = newest - train_newest + (FEWEST_TRAINING_SNAPSHOTS - 1) * task.step + task.warm_up
        needed += task.maturity + task.horizon
        raise ModelError(
            f"{task.name}: {last - first} days of starts (from {date_of(first)} to {date_of(last)}) are too few: "
            f"load at least {needed} days of starts, or train with a later --as-of"
        )
    train = _backwards(train_newest, task.step, min(count, task.most_training_snapshots))
    return Split(train, validation, test)


def _backwards(newest: int, step: int, count: int) -> tuple[int, ...]:
    return tuple(newest - step * back for back in range(count - 1, -1, -1))
