"""The registry: weights as files with a checksum, versions in the graph.

Weights are a torch state dict (read with ``weights_only``), LightGBM's text form and JSON: nothing that runs code
when it is read. A file whose checksum differs from the one written beside it is refused.
"""

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from gnn.calibrate import Platt
from gnn.model import Model
from gnn.predictors import Mean, Network, Predictor, Rate, Trees, file_sha256
from gnn.scaling import Scaling
from graph.errors import ModelError
from graph.settings import Settings
from graph.store import Store

FORMAT = 2
PROMOTE = "analytics/model_promote"


def save(model: Model, settings: Settings) -> tuple[Path, str]:
    """Write the model to TWIN_HOME/models and make it the one in use; return its folder and its checksum."""
    folder = settings.home / "models" / model.id
    unfinished = folder.with_name(f"{model.id}.{os.getpid()}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    parts = [_write_part(unfinished, "predictor", model.predictor)]
    parts += [_write_part(unfinished, f"bag_{number}", bag) for number, bag in enumerate(model.bags)]
    (unfinished / "model.json").write_text(json.dumps(_description(model, parts), indent=1), encoding="utf-8")
    checksum = file_sha256(sorted(unfinished.iterdir()))
    (unfinished / "sha256").write_text(checksum, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.replace(folder)
    current = settings.home / "models" / f"{model.task}.current"
    part = current.with_suffix(f".{os.getpid()}")
    part.write_text(model.id, encoding="utf-8")
    part.replace(current)
    return folder, checksum


def register(store: Store, model: Model, checksum: str) -> None:
    """Write the version to the graph and mark it as the one in use for its task."""
    store.write(
        PROMOTE,
        id=model.id,
        task=model.task,
        properties={
            "version": model.version,
            "kind": model.promoted,
            "asOf": model.as_of,
            "trainedAt": datetime.now(UTC),
            "seed": model.seed,
            "dataFingerprint": model.fingerprint,
            "features": list(model.names),
            "metrics": json.dumps({"models": model.table, "intervals": model.intervals}, sort_keys=True),
            "weightsSha256": checksum,
            "codeVersion": code_version(),
        },
    )


def load(settings: Settings, task: str) -> Model:
    """The model in use for a task; raise `ModelError` when there is none or when its files were changed."""
    current = settings.home / "models" / f"{task}.current"
    try:
        folder = settings.home / "models" / current.read_text(encoding="utf-8").strip()
        expected = (folder / "sha256").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelError(f"no model for {task!r} is trained yet: run `twin train {task}`") from None
    found = file_sha256(sorted(path for path in folder.iterdir() if path.name != "sha256"))
    if found != expected:
        raise ModelError(f"model {folder.name!r} was changed on disk (sha256 {found!r}): run `twin train {task}` again")
    return _read(folder)


def code_version() -> str:
    """Version of the twin."""
    try:
        return version("knowledge-twin")
    except PackageNotFoundError:
        return "unreleased"


def _write_part(folder: Path, name: str, predictor: Predictor) -> dict[str, Any]:
    """Write the weights and return what is needed to read them."""
    import torch

    if isinstance(predictor, Trees):
        path = folder / f"{name}.txt"
        predictor.booster.save_model(path)
        return {"kind": "trees", "file": path.name, "names": list(predictor.names)}
    if isinstance(predictor, Network):
        path = folder / f"{name}.pt"
        torch.save(predictor.module.state_dict(), path)
        nodes = {kind: scaling.as_json() for kind, scaling in predictor.nodes.items()}
        return {
            "kind": "network",
            "file": path.name,
            "task": predictor.task,
            "rows": predictor.rows.as_json(),
            "nodes": nodes,
        }
    if isinstance(predictor, Mean):
        members = [_write_part(folder, f"{name}_{number}", member) for number, member in enumerate(predictor.members)]
        return {"kind": "mean", "members": members}
    if isinstance(predictor, Rate):
        return {"kind": "rate", "column": predictor.column, "constant": predictor.constant}
    raise ModelError(f"a predictor of type {type(predictor).__name__!r} cannot be saved")


def _read_part(folder: Path, part: Mapping[str, Any]) -> Predictor:
    import lightgbm
    import torch

    if part["kind"] == "trees":
        return Trees(lightgbm.Booster(model_file=folder / part["file"]), tuple(part["names"]))
    if part["kind"] == "network":
        nodes = {kind: Scaling.from_json(values) for kind, values in part["nodes"].items()}
        network = Network.untrained(part["task"], Scaling.from_json(part["rows"]), nodes)
        network.module.load_state_dict(torch.load(folder / part["file"], weights_only=True))
        return network
    if part["kind"] == "mean":
        return Mean(tuple(_read_part(folder, member) for member in part["members"]))
    return Rate(part["column"], part["constant"])


def _description(model: Model, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": model.id,
        "version": model.version,
        "task": model.task,
        "promoted": model.promoted,
        "platt": [model.platt.slope, model.platt.shift],
        "concentrations": dict(model.concentrations),
        "names": list(model.names),
        "groups": list(model.groups),
        "reference": [float(value) for value in model.reference],
        "seed": model.seed,
        "as_of": model.as_of.isoformat(),
        "fingerprint": model.fingerprint,
        "table": model.table,
        "intervals": model.intervals,
        "predictor": parts[0],
        "bags": parts[1:],
    }


def _read(folder: Path) -> Model:
    text = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    if text["format"] != FORMAT:
        raise ModelError(f"model {folder.name!r} has format {text['format']!r}, not {FORMAT}: train it again")
    bags = tuple(_read_part(folder, part) for part in text["bags"])
    return Model(
        id=text["id"],
        version=text["version"],
        task=text["task"],
        predictor=_read_part(folder, text["predictor"]),
        promoted=text["promoted"],
        platt=Platt(*text["platt"]),
        concentrations=text["concentrations"],
        bags=tuple(bag for bag in bags if isinstance(bag, Trees)),
        names=tuple(text["names"]),
        groups=tuple(text["groups"]),
        reference=np.asarray(text["reference"], dtype=np.float32),
        seed=text["seed"],
        as_of=date.fromisoformat(text["as_of"]),
        fingerprint=text["fingerprint"],
        table=text["table"],
        intervals=text["intervals"],
    )
