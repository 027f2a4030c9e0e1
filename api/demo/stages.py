"""The stages of the demonstration, each timed: server, files, refresh, analysis, training, scoring."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from api.wiring import run_analyse, run_score, run_train
from graph.progress import say
from graph.refresh import refresh
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import open_store
from graph.world import WorldSettings, build

Result = TypeVar("Result")


@dataclass(slots=True)
class Stopwatch:
    """Seconds of each stage, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, stage: str, do: Callable[[], Result]) -> Result:
        """Run ``do``, announce the stage and remember how long it took."""
        say(f"== {stage}")
        started = time.monotonic()
        result = do()
        self.seconds[stage] = time.monotonic() - started
        return result


def build_sample_twin(settings: Settings, world: WorldSettings, watch: Stopwatch) -> None:
    """Everything up to the predictions; harmless to repeat: the same files are kept, a second refresh is empty."""
    if settings.neo4j_uri is None:
        watch.time("start Neo4j", LocalServer(settings).start)
    watch.time("write the sample world", lambda: _write_world(world))
    with open_store(settings) as store:
        watch.time("refresh", lambda: refresh(settings, store, world.out))
    watch.time("analyse", lambda: run_analyse(settings))
    watch.time("train", lambda: run_train(settings))
    watch.time("score", lambda: run_score(settings))


def _write_world(world: WorldSettings) -> None:
    """Write the files unless the same world is already there; a half-written one has no mark and is written again."""
    mark = Path(f"{world.out}.complete")
    wanted = repr(world)
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        say("the same world is already there")
        return
    mark.unlink(missing_ok=True)
    build(world)
    mark.write_text(wanted, encoding="utf-8")
