"""The registry: weights as files with a checksum, versions in the graph.

Weights are a torch state dict (read with ``weights_only``), LightGBM's text form and JSON: nothing that runs code
when it is read. A file whose checksum differs from the one written beside it is refused. Which version is in use is
in `gnn.champions`.
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
from gnn.champions import BY_GATES, model_in_use
from gnn.gates import Decision
from gnn.model import Model
from gnn.predictors import Mean, Network, Predictor, Rate, Trees, file_sha256
from gnn.scaling import Scaling
from gnn.tasks import Split
from graph.errors import ModelError
from graph.settings import Settings
from graph.store import Store

FORMAT = 7
REGISTER = "analytics/model_register"


def save(model: Model, settings: Settings) -> tuple[Path, str]:
    """Write the model to TWIN_HOME/models, which changes nothing that is in use; return its folder and its checksum.

    The same model trained again leaves the files that are there.
    """
    folder = settings.home / "models" / model.id
    unfinished = folder.with_name(f"{model.id}.{os.getpid()}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    parts = [_write_part(unfinished, "predictor", model.predictor)]
    parts += [_write_part(unfinished, f"bag_{number}", bag) for number, bag in enumerate(model.bags)]
    (unfinished / "model.json").write_text(json.dumps(_description(model, parts), indent=1), encoding="utf-8")
    checksum = file_sha256(sorted(unfinished.iterdir()))
    (unfinished / "sha256").write_text(checksum, encoding="utf-8")
    if _is_whole(folder) and (folder / "sha256").read_text(encoding="utf-8") == checksum:
        shutil.rmtree(unfinished)
        return folder, checksum
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.replace(folder)
    return folder, checksum


def register(store: Store, model: Model, checksum: str, decision: Decision) -> None:
    """Write the version to the graph as a challenger, with what its gates said; one that is in use stays so."""
    told = {
        "models": model.table,
        "intervals": model.intervals,
        "slices": model.findings["slices"],
        "paired": model.findings["paired"],
        "calibration": model.findings["calibration"],
        "window": model.findings["window"],
        "decision": decision.as_json(),
    }
    if "overrides" in model.findings:
        told["overrides"] = model.findings["overrides"]
    store.write(
        REGISTER,
        id=model.id,
        task=model.task,
        reason=decision.reason,
        by=BY_GATES,
        properties={
            "version": model.version,
            "kind": model.promoted,
            "asOf": model.as_of,
            "trainedAt": datetime.now(UTC),
            "seed": model.seed,
            "dataFingerprint": model.fingerprint,
            "features": list(model.names),
            "metrics": json.dumps(told, sort_keys=True),
            "weightsSha256": checksum,
            "codeVersion": code_version(),
        },
    )


def load(settings: Settings, task: str) -> Model:
    """The model in use for a task; raise `ModelError` when there is none or when its files were changed."""
    return load_version(settings, model_in_use(settings, task), task)


def load_version(settings: Settings, name: str, task: str) -> Model:
    """A version by its id; raise `ModelError` when its files are not there or were changed."""
    folder = settings.home / "models" / name
    try:
        expected = (folder / "sha256").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelError(f"the files of model {name!r} are not in {folder.parent}: run `twin train {task}`") from None
    found = _checksum(folder)
    if found != expected:
        raise ModelError(f"model {name!r} was changed on disk (sha256 {found!r}): run `twin train {task}` again")
    return _read(folder)


def _is_whole(folder: Path) -> bool:
    return (folder / "sha256").exists() and _checksum(folder) == (folder / "sha256").read_text(encoding="utf-8")


def _checksum(folder: Path) -> str:
    return file_sha256(sorted(path for path in folder.iterdir() if path.name != "sha256"))


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
        "split": {"train": model.split.train, "validation": model.split.validation, "test": model.split.test},
        "findings": model.findings,
        "profile": model.profile,
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
        split=Split(**{part: tuple(days) for part, days in text["split"].items()}),
        findings=text["findings"],
        profile=text["profile"],
    )
