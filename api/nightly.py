"""The nightly job: refresh, analyse, score, cohorts, report; each stage only when there is something for it to do."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.wiring import run_analyse, run_cohorts, run_score, run_settle
from graph.errors import TwinError
from graph.failpoint import failpoint
from graph.ingest.ledger import append
from graph.ingest.report import RefreshReport
from graph.ingest.state import StateFolder
from graph.progress import say
from graph.refresh import refresh
from graph.settings import Settings
from graph.stopping import safe_place, stoppable, stopped_at_once
from graph.store import Store

SCORES_LAST_DAYS = 28
"""Predictions speak of the 28 days after they were made: older ones are due again though nothing changed."""


@dataclass(slots=True)
class Night:
    """What one nightly run did. ``stages`` says of each stage whether it was ``done`` or ``not needed``."""

    started_at: datetime.datetime
    seconds: dict[str, float] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    refreshed: RefreshReport | None = None
    analysed: dict[str, Any] | None = None
    scored: list[dict[str, Any]] | None = None
    cohorts: dict[str, Any] | None = None
    exit_code: int = 0
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "started_at": self.started_at.isoformat(),
            "exit_code": self.exit_code,
            "error": self.error,
            "stages": self.stages,
            "seconds": {name: round(taken, 3) for name, taken in self.seconds.items()},
            "refresh": None if self.refreshed is None else self.refreshed.to_json(),
            "analyse": self.analysed,
            "score": self.scored,
            "cohorts": self.cohorts,
        }


def nightly(
    settings: Settings, store: Store, folder: Path, night: Night, *, approve_deletes: str | None = None
) -> None:
    """Run the stages and fill in ``night``, also when one of them fails; resumed by running it again.

    Analysis and predictions are made anew when the graph, the models or the calendar say so, and when the night
    before was cut off before them.
    """
    failpoint("nightly.begun")
    with stoppable():
        try:
            _stage(night, "refresh", lambda: _refresh(settings, store, folder, night, approve_deletes))
            failpoint("nightly.refreshed")
            done = _Done(settings)
            run = StateFolder(settings).load().run
            _stage(night, "analyse", lambda: _analyse(settings, night, done, run))
            failpoint("nightly.analysed")
            _stage(night, "score", lambda: _score(settings, store, night, done, run))
            failpoint("nightly.scored")
            _stage(night, "cohorts", lambda: _cohorts(settings, night, done, run))
        except TwinError as error:
            night.exit_code, night.error = error.exit_code, str(error)
            raise
        except BaseException as error:
            night.exit_code, night.error = 70, type(error).__name__
            raise
        finally:
            append(settings, {"kind": "nightly", **night.to_json()})
            failpoint("nightly.reported")


def _stage(night: Night, name: str, do: Callable[[], bool]) -> None:
    safe_place()
    started = time.monotonic()
    night.stages[name] = "failed"
    try:
        night.stages[name] = "done" if do() else "not needed"
    finally:
        night.seconds[name] = time.monotonic() - started
    say(f"{name}: {night.stages[name]} in {night.seconds[name]:.1f} s")


def _refresh(settings: Settings, store: Store, folder: Path, night: Night, approve_deletes: str | None) -> bool:
    night.refreshed = refresh(settings, store, folder, approve_deletes=approve_deletes)
    return night.refreshed.write_transactions > 0


def _analyse(settings: Settings, night: Night, done: _Done, run: str | None) -> bool:
    if done.of("analysed") == run:
        return False
    with stopped_at_once():
        night.analysed = run_analyse(settings).as_json()
    done.note(analysed=run)
    return True


def _score(settings: Settings, store: Store, night: Night, done: _Done, run: str | None) -> bool:
    # A change of models that was cut off is finished first: it may be what makes scores due.
    run_settle(settings, store)
    models = sorted(row["id"] for row in store.read("analytics/models") if row["promoted"])
    today = datetime.datetime.now(datetime.UTC).date()
    made = done.of("scored_on")
    fresh = made is not None and (today - datetime.date.fromisoformat(made)).days < SCORES_LAST_DAYS
    if fresh and (done.of("scored"), done.of("models")) == (run, models):
        return False
    with stopped_at_once():
        night.scored = [report.as_json() for report in run_score(settings)]
    done.note(scored=run, models=models, scored_on=today.isoformat())
    return True


def _cohorts(settings: Settings, night: Night, done: _Done, run: str | None) -> bool:
    if done.of("cohorts") == run:
        return False
    with stopped_at_once():
        report = run_cohorts(settings)
    done.note(cohorts=run)
    if not report.written:
        return False
    night.cohorts = report.as_json()
    return True


class _Done:
    """What earlier nights have finished, in `TWIN_HOME/state/nightly.json`."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.home / "state" / "nightly.json"
        try:
            self._data: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._data = {}

    def of(self, name: str) -> Any:
        return self._data.get(name)

    def note(self, **values: Any) -> None:
        self._data |= values
        unfinished = self._path.with_name(self._path.name + ".part")
        unfinished.write_text(json.dumps(self._data), encoding="utf-8")
        unfinished.replace(self._path)
