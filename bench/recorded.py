"""The rows that a refresh sends to Neo4j, recorded at the seam, so that a plain driver can send the very same."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.store.store import Row, Work, text_of


@dataclass(slots=True)
class Recording:
    """Blocks of rows in a folder, in the order in which they were sent."""

    folder: Path
    rows: int = 0
    blocks: list[tuple[str, int]] = field(default_factory=list)

    def add(self, text: str, rows: list[Any]) -> None:
        with (self.folder / f"{len(self.blocks):05d}.pickle").open("wb") as file:
            pickle.dump((text, rows), file, protocol=5)
        self.blocks.append((text, len(rows)))
        self.rows += len(rows)

    def read(self) -> Iterator[tuple[str, list[Any]]]:
        """The blocks, one in memory at a time."""
        for path in sorted(self.folder.glob("*.pickle")):
            with path.open("rb") as file:
                yield pickle.load(file)  # noqa: S301 - written by `add` in this very run


@contextmanager
def recording(folder: Path) -> Iterator[Recording]:
    """Within the block, every statement with ``rows`` that goes to Neo4j is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = Recording(folder)
    run = Work.run

    def recorded(work: Work, name_or_text: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        if parameters is not None and "rows" in parameters:
            kept.add(text_of(name_or_text), parameters["rows"])
        return run(work, name_or_text, parameters)

    Work.run = recorded  # type: ignore[method-assign, assignment]
    try:
        yield kept
    finally:
        Work.run = run  # type: ignore[method-assign]
