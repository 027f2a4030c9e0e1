"""The nightly job: each stage when there is something for it to do, and figures of what it did."""

import datetime
import json
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api import nightly as job
from api.metrics import write_metrics
from api.nightly import Night, nightly
from graph.errors import ModelError, SourceError, Stopped
from graph.ingest.ledger import entries
from graph.settings import Settings
from graph.store import Store
from tests.graph.conftest import Deliveries
from tests.graph.registry import ANNA, BERT, person

Nightly = Callable[[], Night]


@dataclass
class Report:
    """What an analysis or a scoring gives back."""

    name: str
    written: tuple[str, ...] = ("2025-01",)

    def as_json(self) -> dict[str, str]:
        return {"name": self.name}


@pytest.fixture
def deliveries(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path / "deliveries")


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the stages that computed something; analysis and models have tests of their own."""
    names: list[str] = []

    def stage(name: str, found: Any) -> Callable[[Settings], Any]:
        def run(_: Settings) -> Any:
            names.append(name)
            return found

        return run

    monkeypatch.setattr(job, "run_analyse", stage("analyse", Report("analysis")))
    monkeypatch.setattr(job, "run_score", stage("score", [Report("access_friction")]))
    monkeypatch.setattr(job, "run_cohorts", stage("cohorts", Report("cohorts")))
    return names


@pytest.fixture
def night(neo4j_empty: Store, neo4j_settings: Settings, deliveries: Deliveries) -> Nightly:
    def run() -> Night:
        night = Night(datetime.datetime(2025, 1, 2, 2, 30, tzinfo=datetime.UTC))
        nightly(neo4j_settings, neo4j_empty, deliveries.folder, night)
        return night

    return run


def test_stages_run_when_something_changed(
    deliveries: Deliveries, night: Nightly, called: list[str], neo4j_settings: Settings
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))

    # when
    first, second = night(), night()

    # then
    assert called == ["analyse", "score", "cohorts"]
    assert first.stages == {"refresh": "done", "analyse": "done", "score": "done", "cohorts": "done"}
    assert second.stages == dict.fromkeys(("refresh", "analyse", "score", "cohorts"), "not needed")
    assert (first.to_json()["score"], second.to_json()["score"]) == ([{"name": "access_friction"}], None)

    # when
    deliveries.nppes("2025-01-08", person(BERT))
    night()

    # then
    assert called == ["analyse", "score", "cohorts"] * 2
    lines = [entry["stages"] for entry in entries(neo4j_settings) if entry.get("kind") == "nightly"]
    assert [line["refresh"] for line in lines] == ["done", "not needed", "done"]


def test_what_a_night_left_is_done_by_the_next(
    deliveries: Deliveries, night: Nightly, called: list[str], monkeypatch: pytest.MonkeyPatch, neo4j_settings: Settings
) -> None:
    # given a night whose predictions fail
    deliveries.nppes("2025-01-01", person(ANNA))

    def no_model(_: Settings) -> Any:
        raise ModelError("there is no model yet: run `twin train` once")

    with monkeypatch.context() as patch:
        patch.setattr(job, "run_score", no_model)
        with pytest.raises(ModelError):
            night()
    failed = entries(neo4j_settings)[-1]
    assert (failed["exit_code"], failed["stages"]["score"]) == (7, "failed")

    # when
    after = night()

    # then
    assert called == ["analyse", "score", "cohorts"]
    assert after.stages == {"refresh": "not needed", "analyse": "not needed", "score": "done", "cohorts": "done"}


def test_a_stop_is_answered_at_once_while_models_are_applied(
    deliveries: Deliveries, night: Nightly, called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA))

    def endless(_: Settings) -> Any:
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError("it went on")

    # when
    with monkeypatch.context() as patch:
        patch.setattr(job, "run_score", endless)
        with pytest.raises(Stopped) as caught:
            night()

    # then
    assert caught.value.exit_code == 75
    assert night().stages["score"] == "done"
    assert called == ["analyse", "score", "cohorts"]


def test_figures_for_prometheus(
    deliveries: Deliveries, night: Nightly, called: list[str], neo4j_empty: Store, tmp_path: Path
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person("1234567890"))
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,since\n{ANNA},2025-01-01\n")
    done = night()
    assert called == ["analyse", "score", "cohorts"]

    # when
    write_metrics(tmp_path / "twin.prom", neo4j_empty, done)

    # then
    lines = (tmp_path / "twin.prom").read_text().splitlines()
    assert "# TYPE twin_nightly_exit_code gauge" in lines
    samples = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert samples["twin_nightly_last_run_timestamp_seconds"] == "1735785000"
    assert samples["twin_nightly_exit_code"] == "0"
    assert samples["twin_published_sequence"] == "1"
    assert samples['twin_nightly_rows{source="nppes",kind="in"}'] == "2"
    assert samples['twin_nightly_rows{source="nppes",kind="quarantined"}'] == "1"
    assert (samples['twin_source_held{source="nppes"}'], samples['twin_source_held{source="pdrp"}']) == ("0", "1")
    assert float(samples['twin_source_data_age_seconds{source="nppes"}']) > 0
    assert {name for name in samples if name.startswith("twin_nightly_stage_seconds")} == {
        f'twin_nightly_stage_seconds{{stage="{stage}"}}' for stage in ("refresh", "analyse", "score", "cohorts")
    }
    assert list(tmp_path.glob(".twin.prom*")) == []


def test_a_night_without_anything_usable_is_noted_too(
    deliveries: Deliveries, night: Nightly, called: list[str], neo4j_settings: Settings
) -> None:
    # given
    deliveries.add("2025-01-01", "pdrp/pdrp.csv", f"npi,since\n{ANNA},2025-01-01\n")

    # when
    with pytest.raises(SourceError):
        night()

    # then
    assert called == []
    last = entries(neo4j_settings)[-1]
    assert (last["kind"], last["exit_code"], last["stages"]) == ("nightly", 40, {"refresh": "failed"})
    assert json.dumps(last)
