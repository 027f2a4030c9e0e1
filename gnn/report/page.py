"""`twin report`: everything that is known of a model version, on one page that needs no network."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gnn.champions import Champions
from gnn.model import Model
from gnn.peer_effect.report import PeerEffectReport, peer_effect
from gnn.promotion import find
from gnn.registry import load_version
from gnn.report import comparison, html, sections
from gnn.report.payers import payers
from gnn.report.territory import territory_map
from gnn.samples import own_product
from gnn.subjects import find_subject
from gnn.tasks import TASKS
from gnn.view import View
from graph.errors import ConfigurationError, ModelError
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.settings import Settings
from graph.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Question:
    """``model`` is a version, an id or a task (the model in use); ``territory`` an id, a territoryId or a name."""

    model: str
    territory: str | None = None
    evaluation: Path | None = None


def report(settings: Settings, asked: Question) -> str:
    """The page as HTML; raise `NotFound` for what does not exist, `ModelError` when files were changed."""
    if asked.model == "influence":
        raise ModelError("'influence' has no model of its own: it is read from the adoption model; report 'adoption'")
    results = _results(asked.evaluation)
    with open_store(settings) as store:
        name = Champions(settings, asked.model).current if asked.model in TASKS else asked.model
        if name is None:
            raise ModelError(f"no model for {asked.model!r} is trained yet: run `twin train {asked.model}`")
        row = find(store, name)
        if asked.territory is not None and row["task"] != "adoption":
            raise ConfigurationError(
                f"--territory is of the influence map, which a page about {row['task']} does not have: leave it out, "
                "or report adoption"
            )
        model = load_version(settings, row["id"], row["task"])
        parts = list(_parts(settings, store, asked, model, row, results))
    return html.page(f"{sections.TITLES[model.task]}: model {model.version}", parts)


def _parts(
    settings: Settings, store: Store, asked: Question, model: Model, row: dict[str, Any], results: list[dict[str, Any]]
) -> Iterator[str]:
    yield from sections.top(model, row)
    yield from sections.gates(row)
    yield from sections.overrides(model)
    yield from comparison.comparison(model)
    yield from comparison.evaluation(model.task, results)
    yield from sections.calibration(model)
    yield from sections.slices(model)
    yield from sections.drivers(model)
    yield from sections.drift(None if row["drift"] is None else json.loads(row["drift"]))
    if model.task == "adoption":
        yield from _influence(settings, store, asked)
    else:
        yield from payers(View(read_snapshot(store, settings)), store.read("analytics/withholding")[0]["ids"])


def _influence(settings: Settings, store: Store, asked: Question) -> Iterator[str]:
    predicted = store.read("analytics/report_influence")
    if not predicted:
        yield html.heading("Influence")
        yield html.paragraph("No influence was predicted yet: `twin score` does.")
        return
    snapshot = read_snapshot(store, settings)
    view, silent = View(snapshot), store.read("analytics/withholding")[0]["ids"]
    wanted = None if asked.territory is None else find_subject(store, asked.territory, {"Territory"})
    found = territory_map(view, predicted, frozenset(silent), wanted)
    effect = _peer_effect(snapshot, str(snapshot.column("product", "id")[own_product(view)]))
    yield from sections.influence(found, effect, predicted[0]["as_of"], predicted[0]["version"])


def _peer_effect(snapshot: Snapshot, product: str) -> PeerEffectReport | str:
    """The verdict, or why there is none: too little to tell is not identified either."""
    try:
        return peer_effect(snapshot, product)
    except ModelError as error:
        return str(error)


def _results(folder: Path | None) -> list[dict[str, Any]]:
    if folder is None:
        return []
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    worlds = [one for one in found if isinstance(one, dict) and {"regime", "adoption", "friction"} <= one.keys()]
    if not worlds:
        raise ConfigurationError(f"--evaluation {str(folder)!r} holds no results of `make eval`: name its --out folder")
    return worlds
