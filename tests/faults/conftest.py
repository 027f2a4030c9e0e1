"""A server of its own for each module of fault tests, and the nights of an undisturbed twin to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.ingest.report import RefreshReport
from graph.refresh import refresh
from graph.schema.derive import constraint_statements
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import Store, open_store
from tests.conftest import settings_for
from tests.faults.harness import Night, Twin, undisturbed
from tests.faults.nights import four_nights
from tests.graph.conftest import Deliveries


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """A lean Neo4j that a module may stop and kill."""
    running = LocalServer(settings_for(tmp_path_factory.mktemp("server")), profile="lean")
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def nights_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nights")
    four_nights(folder)
    return folder


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory, nights_folder: Path) -> dict[str, Night]:
    """The twin after each night of an undisturbed refresh; made once per run, on a server that is stopped again."""
    folder = tmp_path_factory.mktemp("undisturbed")
    running = LocalServer(settings_for(folder / "server"), profile="lean")
    running.start()
    try:
        with open_store(settings_for(folder / "server")) as store:
            connection = store.connection
        twin = Twin(folder / "home", connection.uri, connection.password, nights_folder)
        return undisturbed(twin, folder / "kept")
    finally:
        running.stop()


@pytest.fixture
def twin(server: LocalServer, nights_folder: Path, tmp_path: Path) -> Twin:
    """A twin with nothing in it yet, on the module's server."""
    if not server.status().running:
        server.start()
    with open_store(server.settings) as store:
        for text in constraint_statements():
            store.run_schema(text)
        connection = store.connection
    return Twin(tmp_path / "home", connection.uri, connection.password, nights_folder)


@pytest.fixture
def deliveries(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path / "deliveries")


@pytest.fixture
def run(neo4j_empty: Store, neo4j_settings: Settings, deliveries: Deliveries) -> Callable[..., RefreshReport]:
    """`refresh` of the built deliveries in this very process, into the empty graph."""

    def call(folder: Path | None = None, **options: Any) -> RefreshReport:
        return refresh(neo4j_settings, neo4j_empty, folder or deliveries.folder, **options)

    return call
