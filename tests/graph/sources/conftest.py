"""What a mapping of the repository makes of hand-typed files; no database is needed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.ingest.preview import Preview, preview
from graph.settings import Settings
from graph.sources import load_mapping
from graph.sources.mapping import FOLDER


class Feed:
    """One source with its files; `yields` are the rows of its selects by name, `aside` the rejections."""

    def __init__(self, home: Path, folder: Path, source: str) -> None:
        self.settings = Settings.load({"TWIN_HOME": str(home)})
        self.folder, self.mapping = folder, load_mapping(FOLDER / f"{source}.toml")
        self.found: Preview | None = None

    def add(self, name: str, *lines: str, encoding: str = "utf-8") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        self.found = None

    def preview(self) -> Preview:
        if self.found is None:
            self.found = preview(self.settings, self.mapping, self.folder, 1000)
        return self.found

    def yields(self, name: str, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of all rows of the selects that feed ``name``, sorted."""
        rows = []
        for part in self.preview().parts:
            if part.name == name:
                places = [part.columns.index(column) for column in columns]
                rows += [tuple(row[at] for at in places) for row in part.first]
        return sorted(rows, key=repr)

    def aside(self) -> list[tuple[str, str | None, str, int]]:
        """(table, column, reason, rows) of what is put aside."""
        return sorted(
            ((one["table"], one["column"], one["reason"], one["rows"]) for one in self.preview().aside), key=repr
        )


@pytest.fixture
def feed(tmp_path: Path) -> Callable[[str], Feed]:
    """The feed of a source, in a folder that is empty at first."""

    def of(source: str) -> Feed:
        folder = tmp_path / source
        folder.mkdir()
        return Feed(tmp_path / "home", folder, source)

    return of
