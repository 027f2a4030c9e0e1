"""A small synthetic twin for the models' tests; trained once per run."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from graph.history.snapshot import Snapshot


def _factory() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gnn_factory", Path(__file__).with_name("factory.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make_tables() -> Callable[..., dict[str, dict[str, Any]]]:
    """Tables of a synthetic twin."""
    return _factory().tables  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def make_snapshot() -> Callable[..., Snapshot]:
    """A synthetic twin as a snapshot."""
    return _factory().snapshot  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def whole() -> Snapshot:
    """250 prescribers over 700 days."""
    return _factory().snapshot(seed=5, hcps=250)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def known(whole: Snapshot) -> Snapshot:
    """What was known 50 days before the end."""
    return whole.at(whole.day - 50)


@pytest.fixture(scope="session")
def learned(known: Snapshot) -> dict[str, Any]:
    """Per task all models with the samples they saw."""
    from gnn.tasks import TASKS
    from gnn.train import learn

    return {name: learn(task, known) for name, task in TASKS.items()}


@pytest.fixture(scope="session")
def trained(known: Snapshot, learned: dict[str, Any]) -> dict[str, Any]:
    """Per task (model, report), trained on what was known 50 days before the end."""
    from gnn.tasks import TASKS
    from gnn.train import model_of

    return {name: model_of(task, known, learned[name]) for name, task in TASKS.items()}


@pytest.fixture(scope="session")
def challengers(known: Snapshot, learned: dict[str, Any], trained: dict[str, Any]) -> dict[str, Any]:
    """Per task the trained model as its gates see it."""
    from gnn.tasks import TASKS
    from gnn.train import challenger_of

    return {name: challenger_of(task, known, learned[name], trained[name][0]) for name, task in TASKS.items()}
