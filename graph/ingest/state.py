"""The committed state: what has been landed, claimed and folded, in a folder per run, and one file that points at it.

TWIN_HOME/state/current.json        points at the folder that belongs to the graph as it is
TWIN_HOME/state/runs/<token>-<run>  one run's state; whole once its `state.json` is there. ``token`` is that of the
                                    lease, so a run that lost its lease writes where nobody looks
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import GraphMismatch, LeaseHeld
from graph.failpoint import failpoint
from graph.ingest.landing import Landed
from graph.settings import Settings

FORMAT = 1
"""Number of the shape of `state.json`: raised with every change of it, or of what is kept beside it."""

KEPT = 3
"""Earlier runs whose folders stay, for a graph that is restored from an older dump; unchanged files are shared."""


@dataclass(slots=True)
class State:
    """What `state.json` holds. ``sources`` has, per source, what the ledger says of it; ``before`` is the folder of
    the run before. ``stamps`` has size, modification time and checksum of landed files, by record file.
    """

    run: str | None = None
    delivered: str | None = None
    files: list[Landed] = field(default_factory=list)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    before: str | None = None
    stamps: dict[str, list[Any]] = field(default_factory=dict)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def of(self, source: str) -> tuple[Landed, ...]:
        return tuple(one for one in self.files if one.source == source)

    def has(
        self,
        source: str,
        table: str,
        edition: str | None,
        sha256: str,
        delivered: str,
        *,
        whole: bool,
        complete: bool = False,
    ) -> bool:
        """True when the content was landed before, as ``complete`` as it is now.

        What is a ``whole`` (a snapshot, or an ``edition``) may return to an older content on a later date.
        """
        same = [
            one
            for one in self.files
            if (one.source, one.table) == (source, table)
            and edition in (None, one.edition)
            and (one.complete or not (whole and complete))
        ]
        if not whole:
            return any(one.sha256 == sha256 for one in same)
        days = [one.delivered for one in same]
        # What was said on that day, at last before it, and at last at all.
        said = (delivered, max((day for day in days if day <= delivered), default=""), max(days, default=""))
        return any(one.sha256 == sha256 and one.delivered in said for one in same)

    def copy(self, **changes: Any) -> "State":
        """A copy that may be changed without this one."""
        data = {
            "run": self.run,
            "delivered": self.delivered,
            "files": list(self.files),
            "sources": {name: dict(entry) for name, entry in self.sources.items()},
            "before": self.before,
            "stamps": dict(self.stamps),
            "rejected": list(self.rejected),
        }
        return State(**data | changes)


class StateFolder:
    """The folders of runs, the file that points at one of them, and the steps from one to the next."""

    def __init__(self, settings: Settings) -> None:
        self.home = settings.home
        self.root = settings.home / "state"
        self.runs = self.root / "runs"
        self.pointer = self.root / "current.json"
        self.staged = self.runs / "none"

    @property
    def current(self) -> str | None:
        """Name of the committed folder; None before the first run."""
        try:
            return str(json.loads(self.pointer.read_text(encoding="utf-8"))["folder"])
        except FileNotFoundError:
            return None

    @property
    def committed(self) -> Path:
        """The committed folder; one that does not exist before the first run."""
        return self.runs / (self.current or "none")

    def load(self) -> State:
        """The committed state; an empty one before the first run."""
        return read_state(self.committed)

    def whole(self) -> list[tuple[Path, State]]:
        """Whole states of runs that go on from the committed one and are not committed themselves."""
        now = self.current
        found = [(folder, read_state(folder)) for folder in self._folders() if (folder / "state.json").exists()]
        return [(folder, state) for folder, state in found if state.before == now and folder.name != now]

    def kept(self, run: str) -> str | None:
        """The folder of an earlier run that is still there."""
        for folder in reversed(self._folders()):
            if folder.name.endswith(f"-{run}") and (folder / "state.json").exists():
                return folder.name
        return None

    def begin(self, run: str, token: int) -> Path:
        """A folder for a run that shares the committed files, which are never written in place."""
        self._before = self.current
        self.staged = self.runs / f"{token:06d}-{run}"
        shutil.rmtree(self.staged, ignore_errors=True)
        failpoint("stage.begun")
        if self._before is not None:
            # Without `state.json`, even for a moment: with it a copy that was cut off would count as whole.
            left = shutil.ignore_patterns("state.json", "steps", "touched")
            shutil.copytree(self.committed, self.staged, ignore=left, copy_function=_link)
        self.staged.mkdir(parents=True, exist_ok=True, mode=0o700)
        failpoint("stage.linked")
        return self.staged

    def take_back(self, part: Path) -> None:
        """A folder of the staged state becomes what it is in the committed one."""
        shutil.rmtree(self.staged / part, ignore_errors=True)
        if (self.committed / part).exists():
            shutil.copytree(self.committed / part, self.staged / part, copy_function=_link)

    def ready(self, state: State) -> None:
        """Mark the staged state as whole."""
        data = {
            "format": FORMAT,
            "run": state.run,
            "delivered": state.delivered,
            "files": [one.to_json() for one in state.files],
            "sources": state.sources,
            "before": self._before,
            "stamps": state.stamps,
            "rejected": state.rejected,
        }
        _replace(self.staged / "state.json", data)
        failpoint("stage.ready")

    def promote(self, folder: Path | None = None) -> None:
        """The staged state, or another whole one, becomes the committed one, if it still goes on from it.

        Raises `LeaseHeld` when the committed state is another by now: then somebody took over.
        """
        chosen = folder or self.staged
        failpoint("promote.begun")
        with self._alone():
            before = read_state(chosen).before
            if self.current not in (before, chosen.name):
                raise LeaseHeld("another run has gone on from the state that this one began with: this one stops")
            failpoint("promote.compared")
            _replace(self.pointer, {"folder": chosen.name})
        failpoint("promote.pointed")
        for done in ("steps", "touched"):
            shutil.rmtree(chosen / done, ignore_errors=True)
        self.clean()
        failpoint("promote.cleaned")

    def amend(self, state: State, token: int) -> None:
        """Commit the same run with another `state.json`."""
        self.begin(str(state.run), token)
        self.ready(state)
        self.promote()

    def rewind(self, folder: str) -> None:
        """Point at the state of an earlier run again."""
        with self._alone():
            _replace(self.pointer, {"folder": folder})

    def discard(self) -> None:
        """Forget the staged state; the committed one stands."""
        shutil.rmtree(self.staged, ignore_errors=True)

    def clean(self) -> None:
        """Forget every run but the committed one and a few before it."""
        keep: set[str] = set()
        runs: set[str | None] = set()
        name = self.current
        while name is not None:
            state = read_state(self.runs / name)
            runs.add(state.run)
            if len(runs) > KEPT + 1:
                break
            # A run that was amended has several.
            keep.add(name)
            name = state.before
        for folder in self._folders():
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)

    def _folders(self) -> list[Path]:
        return sorted(self.runs.iterdir()) if self.runs.exists() else []

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Between reading the pointer and replacing it nobody else does."""
        descriptor = os.open(self.root / "pointer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def read_state(folder: Path) -> State:
    """The state of a folder; an empty one when it is not whole. Raise `GraphMismatch` when another version wrote it."""
    try:
        data = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State()
    # Without a number it is of the first format, or of a time when nothing was fixed.
    written = data.pop("format", 1)
    if written == FORMAT:
        with contextlib.suppress(KeyError, TypeError):
            return State(**data | {"files": [Landed.from_json(one) for one in data["files"]]})
        written = "another"
    raise GraphMismatch(
        f"{str(folder / 'state.json')!r} has format {written!r}, this version of the twin writes {FORMAT!r}: go back "
        "to the version that wrote it, or keep TWIN_HOME/keys alone, empty the graph, and load all deliveries anew"
    )


def _replace(path: Path, data: dict[str, Any]) -> None:
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
