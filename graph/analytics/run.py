"""The analysis: centralities, communities and embeddings over the shared-patient network, written to HCPs."""

import hashlib
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from graph.analytics.projection import graph_data_science, projection
from graph.analytics.report import Algorithm, AnalysisReport
from graph.errors import NotFound
from graph.ingest.recovery import sole_writer
from graph.progress import say
from graph.settings import Settings
from graph.store import Store, open_store

SEED = 7
DIMENSIONS = 64
PAGE_RANK_ITERATIONS = 100
"""Enough to converge: the default of 20 leaves 4 % of the rank on its way."""
BETWEENNESS_SAMPLES = 400
WEIGHT = "patients"


def analyse(settings: Settings) -> AnalysisReport:
    """Run all algorithms on one projection and write the results; the same data gives the same values.

    Writes under the lease of refreshes, after waiting for it. `analysedOn` is the newest day of the data, never the
    clock's. `analysisRun` is set last: it names the run of which all properties are there.
    """
    started = time.monotonic()
    with open_store(settings) as store, sole_writer(settings, store):
        newest = _newest(store)
        with graph_data_science(store.connection) as client:
            run = f"analysis-{newest.isoformat()}-{_mark()}"
            with projection(client, run) as (graph, projected):
                nodes, ties = int(projected.node_count), int(projected.relationship_count)
                algorithms = tuple(_timed(client, graph, name, work) for name, work in ALGORITHMS.items())
        store.write("analytics/stamp_analysis", run=run, day=newest)
    return AnalysisReport(run, newest, nodes, ties, algorithms, time.monotonic() - started)


def _newest(store: Store) -> date:
    newest = store.read("analytics/newest_data_time")[0]["newest"]
    if newest is None:
        raise NotFound("the twin holds no dated data to analyse: load files with `twin refresh` first")
    return date.fromisoformat(newest.iso_format())


def _mark() -> str:
    """Short and different for every run: two analyses at once must not share a projection."""
    return hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:8]


Work = Callable[[Any, Any], Algorithm]


def _timed(client: Any, graph: Any, name: str, work: Work) -> Algorithm:
    say(f"analysing: {name}")
    started = time.monotonic()
    found = work(client, graph)
    return Algorithm(found.name, found.property, found.written, round(time.monotonic() - started, 3), found.findings)


def _page_rank(client: Any, graph: Any) -> Algorithm:
    result = client.page_rank.write(
        graph,
        "pageRank",
        max_iterations=PAGE_RANK_ITERATIONS,
        relationship_types=["FORWARD"],
        relationship_weight_property=WEIGHT,
        concurrency=1,
    )
    findings = {"iterations": float(result.ran_iterations), "converged": float(result.did_converge)}
    return Algorithm("weighted PageRank", "pageRank", int(result.node_properties_written), 0.0, findings)


def _leiden(client: Any, graph: Any) -> Algorithm:
    result = client.leiden.write(
        graph,
        "community",
        relationship_types=["BOTH"],
        relationship_weight_property=WEIGHT,
        random_seed=SEED,
        concurrency=1,
    )
    findings = {"communities": float(result.community_count), "modularity": round(float(result.modularity), 4)}
    return Algorithm("Leiden communities", "community", int(result.node_properties_written), 0.0, findings)


def _betweenness(client: Any, graph: Any) -> Algorithm:
    result = client.betweenness.write(
        graph,
        "betweenness",
        relationship_types=["BOTH"],
        sampling_size=min(BETWEENNESS_SAMPLES, graph.node_count()),
        sampling_seed=SEED,
        concurrency=1,
    )
    findings = {"samples": float(min(BETWEENNESS_SAMPLES, graph.node_count()))}
    return Algorithm("sampled betweenness", "betweenness", int(result.node_properties_written), 0.0, findings)


def _fast_rp(client: Any, graph: Any) -> Algorithm:
    result = client.fast_rp.write(
        graph,
        "embedding",
        DIMENSIONS,
        relationship_types=["BOTH"],
        relationship_weight_property=WEIGHT,
        random_seed=SEED,
        concurrency=1,
    )
    findings = {"dimensions": float(DIMENSIONS)}
    return Algorithm("FastRP embedding", "embedding", int(result.node_properties_written), 0.0, findings)


ALGORITHMS: dict[str, Work] = {
    "PageRank": _page_rank,
    "Leiden": _leiden,
    "betweenness": _betweenness,
    "FastRP": _fast_rp,
}
