"""Twins of a measurement: a sample world, a home, and a server that starts empty."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.schema.derive import constraint_statements
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import Store, open_store


def settings_of(home: Path) -> Settings:
    """Settings for a home of its own, with the user's cache of downloads."""
    kept = {name: os.environ[name] for name in ("TWIN_CACHE", "TWIN_REPOSITORY") if name in os.environ}
    return Settings.load({"TWIN_HOME": str(home), "XDG_CACHE_HOME": _cache(), **kept})


def _cache() -> str:
    return os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))


def build_world(folder: Path, hcps: int, months: int) -> Path:
    """The deliveries of a sample world; one that is there already is taken."""
    from graph.world import WorldSettings, build

    if not folder.exists():
        build(WorldSettings(seed=7, hcps=hcps, months=months, out=folder))
    return folder


@contextmanager
def empty_server(home: Path) -> Iterator[tuple[Settings, Store, int]]:
    """Settings, store and process id of a server with constraints and no data; its files are removed afterwards."""
    settings = settings_of(home)
    shutil.rmtree(home / "neo4j", ignore_errors=True)
    server = LocalServer(settings)
    pid = server.start().pid
    if pid is None:
        raise RuntimeError("the server has started without a process")
    try:
        with open_store(settings) as store:
            for text in constraint_statements():
                store.run_schema(text)
            yield settings, store, pid
    finally:
        server.stop()
        shutil.rmtree(home / "neo4j", ignore_errors=True)
