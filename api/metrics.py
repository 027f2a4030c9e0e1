"""Figures of the nightly job as a Prometheus text file, for a node exporter's textfile collector."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from api.nightly import Night
from graph.failpoint import failpoint
from graph.ingest.apply import published
from graph.store import Store

Sample = tuple[dict[str, str], float]
ROWS = ("rows_in", "rows_loaded", "rows_quarantined", "inserted", "updated", "tombstoned")


def write_metrics(path: Path, store: Store | None, night: Night) -> None:
    """Replace the file in one step: a scraper sees the night before or this one, never half of it."""
    text = "\n".join(_lines(_families(store, night))) + "\n"
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        # Read by the exporter, which is another user; it holds counts alone.
        unfinished.chmod(0o644)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    failpoint("nightly.metrics_written")


def _families(store: Store | None, night: Night) -> Iterator[tuple[str, str, list[Sample]]]:
    started = night.started_at.timestamp()
    yield "twin_nightly_last_run_timestamp_seconds", "When the last nightly run started.", [({}, started)]
    yield "twin_nightly_exit_code", "Exit code of the last nightly run, 0 when it went well.", [({}, night.exit_code)]
    yield (
        "twin_nightly_stage_seconds",
        "Duration of each stage.",
        [({"stage": name}, seconds) for name, seconds in night.seconds.items()],
    )
    if night.refreshed is not None:
        yield (
            "twin_nightly_rows",
            "Rows in, loaded and quarantined, and claims inserted, updated and tombstoned, per source.",
            [
                ({"source": one.name, "kind": name.removeprefix("rows_")}, getattr(one, name))
                for one in night.refreshed.sources
                for name in ROWS
            ],
        )
    if store is None:
        return
    sources = store.read("read/sources")
    now = datetime.datetime.now(datetime.UTC)
    yield "twin_published_sequence", "Sequence that readers see as published.", [({}, published(store))]
    yield (
        "twin_source_data_age_seconds",
        "Age of the newest day that the data of a source speaks of.",
        _ages(sources, now),
    )
    yield "twin_source_held", "1 when a delivery of the source is not taken.", _flags(sources, "state", "held")
    yield (
        "twin_source_stale",
        "1 when a delivery of the source was due and did not come.",
        [({"source": row["source"]}, float(row["stale_since"] is not None)) for row in sources],
    )
    yield from _models(store)


def _models(store: Store) -> Iterator[tuple[str, str, list[Sample]]]:
    used = [row for row in store.read("analytics/models") if row["promoted"] and row["drift"] is not None]
    drifts = [({"task": row["task"]}, json.loads(row["drift"])) for row in used]
    yield (
        "twin_model_retrain",
        "1 when the drift of the model in use asks for training again.",
        [(labels, float(drift["verdict"] == "retrain")) for labels, drift in drifts],
    )
    yield (
        "twin_model_drift",
        "Stability index of values, ties and the worst feature; shares of shifted features and of new HCPs.",
        [(labels | {"of": name}, value) for labels, drift in drifts for name, value in _figures(drift)],
    )
    yield (
        "twin_model_calibration_excess",
        "Calibration error beyond chance on the newest window that matured after the training.",
        [
            (labels, drift["calibration"]["ece"] - drift["calibration"]["floor"])
            for labels, drift in drifts
            if drift["calibration"] is not None
        ],
    )


def _figures(drift: dict[str, Any]) -> Iterator[tuple[str, float]]:
    features = drift["features"]
    yield "values", drift["value"]["psi"]
    yield "ties", drift["graph"]["degree"]["psi"]
    yield "worst_feature", max((one["psi"] for one in features), default=0.0)
    yield "major_features_share", sum(one["size"] == "major" for one in features) / max(len(features), 1)
    yield "new_hcps_share", drift["graph"]["new_hcps"]


def _ages(sources: Iterable[dict[str, Any]], now: datetime.datetime) -> list[Sample]:
    ages = []
    for row in sources:
        if row["data_time"] is not None:
            day = datetime.datetime.fromisoformat(f"{row['data_time'].iso_format()}T00:00:00+00:00")
            ages.append(({"source": row["source"]}, round((now - day).total_seconds())))
    return [(labels, float(age)) for labels, age in ages]


def _flags(sources: Iterable[dict[str, Any]], column: str, value: str) -> list[Sample]:
    return [({"source": row["source"]}, float(row[column] == value)) for row in sources]


def _lines(families: Iterable[tuple[str, str, list[Sample]]]) -> Iterator[str]:
    for name, meaning, samples in families:
        yield f"# HELP {name} {meaning}"
        yield f"# TYPE {name} gauge"
        for labels, value in samples:
            shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            yield f"{name}{f'{{{shown}}}' if shown else ''} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
