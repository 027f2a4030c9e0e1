"""The committed state: what has been landed, claimed and folded; a new one is staged beside it and then promoted.

TWIN_HOME/state/committed   belongs to the graph as it is
TWIN_HOME/state/staged      of a run that is being applied; whole once `state.json` is there
TWIN_HOME/state/previous    for the moment of promotion only
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.ingest.landing import Landed
from graph.settings import Settings


@dataclass(slots=True)
class State:
    """What `state.json` holds. ``sources`` has, per source, its data time and mapping version."""

    run: str | None = None
    delivered: str | None = None
    files: list[Landed] = field(default_factory=list)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)

    def of(self, source: str) -> tuple[Landed, ...]:
        return tuple(one for one in self.files if one.source == source)

    def has(self, source: str, table: str, sha256: str, delivered: str, *, whole: bool) -> bool:
        """True when the content was landed before. A snapshot may return to an older content on a later date."""
        same = [one for one in self.files if (one.source, one.table) == (source, table)]
        if not whole:
            return any(one.sha256 == sha256 for one in same)
        newest = max((one.delivered for one in same), default="")
        return any(one.sha256 == sha256 and one.delivered in (delivered, newest) for one in same)


class StateFolder:
    """The three folders and the steps between them."""

    def __init__(self, settings: Settings) -> None:
        self.home = settings.home
        self.root = settings.home / "state"
        self.committed = self.root / "committed"
        self.staged = self.root / "staged"
        self.previous = self.root / "previous"

    def load(self) -> State:
        """The committed state; an empty one before the first run."""
        return _read(self.committed)

    def load_staged(self) -> State | None:
        """The staged state when it is whole."""
        return _read(self.staged) if (self.staged / "state.json").exists() else None

    def begin(self) -> Path:
        """An empty staging folder that shares the committed files, which are never written in place."""
        self.discard()
        if self.committed.exists():
            # Without `state.json`, even for a moment: with it a copy that was cut off would count as whole.
            left = shutil.ignore_patterns("state.json", "steps")
            shutil.copytree(self.committed, self.staged, ignore=left, copy_function=_link)
        self.staged.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.staged

    def take_back(self, part: Path) -> None:
        """A folder of the staged state becomes what it is in the committed one."""
        shutil.rmtree(self.staged / part, ignore_errors=True)
        if (self.committed / part).exists():
            shutil.copytree(self.committed / part, self.staged / part, copy_function=_link)

    def ready(self, state: State) -> None:
        """Mark the staged state as whole."""
        data = {
            "run": state.run,
            "delivered": state.delivered,
            "files": [one.to_json() for one in state.files],
            "sources": state.sources,
        }
        unfinished = self.staged / "state.json.part"
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.staged / "state.json")

    def promote(self) -> None:
        """The staged state becomes the committed one."""
        shutil.rmtree(self.staged / "steps", ignore_errors=True)
        shutil.rmtree(self.previous, ignore_errors=True)
        if self.committed.exists():
            self.committed.rename(self.previous)
        self.staged.rename(self.committed)
        shutil.rmtree(self.previous, ignore_errors=True)

    def discard(self) -> None:
        """Forget the staged state; the committed one stands."""
        if not self.committed.exists() and self.previous.exists():
            self.previous.rename(self.committed)
        shutil.rmtree(self.staged, ignore_errors=True)


def _read(folder: Path) -> State:
    try:
        data = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State()
    files = [Landed.from_json(one) for one in data.pop("files")]
    return State(**data, files=files)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
