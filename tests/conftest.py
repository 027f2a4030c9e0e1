"""Fixtures: real Neo4j servers, started once per run, and one small sample world that everything has run on."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from graph.schema.derive import constraint_statements
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import Store, open_store

READ_THE_SAMPLE_WORLD = ("tests/api/demo/", "tests/cypher/")
WORLD_SEED, WORLD_HCPS, WORLD_MONTHS = 7, 400, 24


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Where several processes share the tests, those of a file stay together, and those that read the sample world."""
    return Together(config, log)


class Together(LoadScopeScheduling):
    """Work units by what is expensive to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "sample world" if file.startswith(READ_THE_SAMPLE_WORLD) else file


def settings_for(home: Path, **variables: str) -> Settings:
    """Settings of a test: its own home, the user's cache (so that artifacts are fetched once)."""
    cache = {"TWIN_CACHE": os.environ["TWIN_CACHE"]} if "TWIN_CACHE" in os.environ else {}
    # Tests ask faster than anybody may.
    generous = {"TWIN_COST_PER_SECOND": "1000000000", "TWIN_COST_BURST": "1000000000"}
    return Settings.load({"TWIN_HOME": str(home), **cache, **generous, **variables})


def wipe(store: Store) -> None:
    """Remove all data; constraints stay."""
    while store.write("MATCH (n) WITH n LIMIT 10000 DETACH DELETE n RETURN count(n) AS gone")[0]["gone"]:
        pass


def another_home(settings: Settings, store: Store, home: Path) -> Settings:
    """Settings with the same keys and another home, so that an emptied graph gets the same ids again."""
    shutil.copytree(settings.home / "keys", home / "keys")
    connection = store.connection
    return settings_for(home, NEO4J_URI=connection.uri, NEO4J_USER=connection.user, NEO4J_PASSWORD=connection.password)


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A lean server of its own for tests that write; with TWIN_TEST_HOME the one that runs there, which stays."""
    kept = os.environ.get("TWIN_TEST_HOME")
    settings = settings_for(Path(kept) if kept else tmp_path_factory.mktemp("empty"))
    server = LocalServer(settings, profile="lean")
    server.start()
    try:
        yield settings
    finally:
        if not kept:
            server.stop()


@pytest.fixture
def neo4j_empty(empty_server: Settings) -> Iterator[Store]:
    """A store with constraints and no data."""
    with open_store(empty_server) as store:
        for text in constraint_statements():
            store.run_schema(text)
        wipe(store)
        yield store


@pytest.fixture
def neo4j_settings(empty_server: Settings, tmp_path: Path) -> Settings:
    """Settings with a fresh home that use the server of `neo4j_empty`."""
    with open_store(empty_server) as store:
        connection = store.connection
    return settings_for(
        tmp_path / "home", NEO4J_URI=connection.uri, NEO4J_USER=connection.user, NEO4J_PASSWORD=connection.password
    )


@dataclass(frozen=True, slots=True)
class SampleWorld:
    """A small synthetic world after refresh, analysis, training and scoring."""

    settings: Settings
    store: Store
    folder: Path
    truth: Path


@pytest.fixture(scope="session")
def sample_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleWorld]:
    """The whole line on a small world, on a server of its own; tests only read it."""
    from api.wiring import run_analyse, run_score, run_train
    from graph.refresh import refresh
    from graph.world import WorldSettings, build

    home = tmp_path_factory.mktemp("sample")
    settings = settings_for(home)
    folder = home / "world" / "deliveries"
    build(WorldSettings(seed=WORLD_SEED, hcps=WORLD_HCPS, months=WORLD_MONTHS, out=folder))
    server = LocalServer(settings, profile="lean")
    server.start()
    try:
        with open_store(settings) as store:
            refresh(settings, store, folder)
            run_analyse(settings)
            run_train(settings)
            run_score(settings)
            yield SampleWorld(settings, store, folder, folder.with_name(folder.name + "-truth"))
    finally:
        server.stop()
