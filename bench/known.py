"""What a twin of a given size knows, kept in a folder so that a measurement can be repeated on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from bench.twins import settings_of
from graph.history.snapshot import Snapshot
from graph.snapshot_files import snapshot_from_files
from graph.world import WorldSettings, build

WEEKS = 1
"""Deliveries after the backfill: what is learned does not depend on how often files came."""


def known_twin(folder: Path, hcps: int, months: int, seed: int = 7) -> Snapshot:
    """The newest snapshot of a sample world, read from ``folder`` when it was made there before."""
    path = folder / f"snapshot-{hcps}-{months}-{seed}.npz"
    if not path.exists():
        order = WorldSettings(out=folder / "world", seed=seed, hcps=hcps, months=months, weeks=WEEKS)
        for place in (order.out, order.truth, folder / "home"):
            shutil.rmtree(place, ignore_errors=True)
        build(order)
        keep(snapshot_from_files(settings_of(folder / "home"), order.out), path)
    return kept(path)


def keep(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot, ended rows included; a write that is cut off leaves nothing under the name."""
    columns = {f"{name}.{column}": values for name, table in snapshot.known.items() for column, values in table.items()}
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(file, day=np.array(snapshot.day), **columns)
    unfinished.replace(path)


def kept(path: Path) -> Snapshot:
    """The snapshot written by `keep`."""
    tables: dict[str, dict[str, np.ndarray]] = {}
    with np.load(path) as file:
        for key in file.files:
            if key != "day":
                name, _, column = key.partition(".")
                tables.setdefault(name, {})[column] = file[key]
        return Snapshot.of(int(file["day"]), tables)
