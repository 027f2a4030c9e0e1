"""Settings with a home of their own, and an engine on them; no database is needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.ingest.engine import Connection, engine
from graph.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"TWIN_HOME": str(tmp_path / "home")})


@pytest.fixture
def connection(settings: Settings) -> Iterator[Connection]:
    with engine(settings) as opened:
        yield opened
