"""What has to be going on for a failpoint to be reached: each situation runs a job that is to be killed there."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from graph.ingest.state import StateFolder, read_state
from tests.conftest import settings_for
from tests.faults.harness import Ended, Night, Twin
from tests.faults.nights import NIGHTS, npi
from tests.faults.proxy import FaultProxy
from tests.graph.conftest import Deliveries
from tests.graph.registry import person

BEFORE, AFTER = NIGHTS[0], NIGHTS[1]
MARK = b"MERGE (run:RefreshRun"
UNIQUE = "CREATE CONSTRAINT only_in_a_test IF NOT EXISTS FOR (n:HCP) REQUIRE n.credential IS UNIQUE"


@dataclass(frozen=True, slots=True)
class Situation:
    """``prepare`` leads up to it, ``job`` is what is killed and then run again until it ends by itself."""

    prepare: Callable[[Twin, dict[str, Night]], None]
    job: Callable[..., Ended]


def second_night(twin: Twin, nights: dict[str, Night]) -> None:
    twin.become(nights[BEFORE])


def refresh(twin: Twin, **environment: str) -> Ended:
    return twin.refresh(until=AFTER, **environment)


def in_batches(twin: Twin, **environment: str) -> Ended:
    return twin.refresh(until=AFTER, small_batches=True, **environment)


def after_a_crash(twin: Twin, nights: dict[str, Night]) -> None:
    """The job before was killed between its commit and the promotion of its state."""
    second_night(twin, nights)
    assert refresh(twin, TWIN_FAILPOINT="apply.committed:1").killed


def after_half_a_run(twin: Twin, nights: dict[str, Night]) -> None:
    """The job before was killed between two of its batches."""
    second_night(twin, nights)
    assert in_batches(twin, TWIN_FAILPOINT="apply.batch_committed:2").killed


def thin_alignment(twin: Twin, nights: dict[str, Night]) -> None:
    """A source is held only when its claims are made: most of its rows are gone."""
    second_night(twin, nights)
    built = _own_deliveries(twin, until=AFTER)
    built.add(AFTER, "alignment/hcp_territories.csv", "npi,territory_id,from,to\n")
    built.manifest(AFTER)


def same_in_another_order(twin: Twin, nights: dict[str, Night]) -> None:
    """A file with other bytes and the same facts."""
    second_night(twin, nights)
    built = _own_deliveries(twin, until=BEFORE)
    text = (built.folder / BEFORE / "products" / "products.csv").read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    built.add(AFTER, "products/products.csv", "\n".join([head, *reversed(rows)]) + "\n")


def poisoned(twin: Twin, nights: dict[str, Night]) -> None:
    """Two people whom every contract accepts; Neo4j takes only one of them."""
    second_night(twin, nights)
    built = _own_deliveries(twin, until=BEFORE)
    credential = {"Provider Credential Text": "MD"}
    built.nppes(AFTER, person(npi(500), **credential), person(npi(501), **credential))
    with twin.store() as store:
        store.run_schema(UNIQUE)


def mend_schema(twin: Twin) -> None:
    with twin.store() as store:
        store.run_schema("DROP CONSTRAINT only_in_a_test IF EXISTS")


def with_a_lost_answer(twin: Twin, **environment: str) -> Ended:
    with FaultProxy(twin.uri) as proxy:
        proxy.cut("COMMIT", "after", marker=MARK)
        return twin.refresh(until=AFTER, NEO4J_URI=proxy.uri, **environment)


def slowly(twin: Twin, **environment: str) -> Ended:
    with FaultProxy(twin.uri) as proxy:
        proxy.delay = 0.02
        job = twin.start_refresh(until=AFTER, short_leases=True, NEO4J_URI=proxy.uri, **environment)
        return twin.end(job)


def withdraw(twin: Twin, **environment: str) -> Ended:
    ended = twin.run("source", "withdraw", "pdrp", **environment)
    # Told again after it is done it says that there is nothing to withdraw.
    return Ended(0, ended.output, ended.errors) if "nothing to withdraw" in ended.errors else ended


def already_scored(twin: Twin, nights: dict[str, Night]) -> None:
    """The night after has predictions: a run's id follows from what it takes, so it is known before."""
    second_night(twin, nights)
    run = read_state(StateFolder(settings_for(nights[AFTER].home)).committed).run
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    done = {"scored": run, "models": [], "scored_on": today}
    (twin.home / "state" / "nightly.json").write_text(json.dumps(done), encoding="utf-8")


def nightly(twin: Twin, **environment: str) -> Ended:
    metrics = ("--metrics", twin.home / "metrics.prom")
    ended = twin.run("nightly", "--from", twin.deliveries / AFTER, *metrics, "--json", **environment)
    # Nothing was ever trained here: the stages before have done their work.
    return Ended(0, ended.output, ended.errors) if ended.code == 7 else ended


def _own_deliveries(twin: Twin, *, until: str) -> Deliveries:
    """A copy of the deliveries up to a night, to be changed."""
    folder = twin.home.with_name("deliveries")
    if not folder.exists():
        for night in NIGHTS[: NIGHTS.index(until) + 1]:
            shutil.copytree(twin.deliveries / night, folder / night)
        twin.deliveries = folder
    return Deliveries(folder)


PLAIN = Situation(second_night, refresh)
BY_NAME = {
    "apply.batch_begun": Situation(second_night, in_batches),
    "apply.batch_committed": Situation(second_night, in_batches),
    "apply.last_batch_committed": Situation(second_night, in_batches),
    "apply.empty_committed": Situation(same_in_another_order, refresh),
    "apply.unsure": Situation(second_night, with_a_lost_answer),
    "apply.mark_read": Situation(second_night, with_a_lost_answer),
    "claim.taken_back": Situation(thin_alignment, refresh),
    "ledger.written": Situation(thin_alignment, refresh),
    "lease.renewed": Situation(second_night, slowly),
    "poison.found": Situation(poisoned, refresh),
    "poison.put_aside": Situation(poisoned, refresh),
    "recover.finished": Situation(after_half_a_run, in_batches),
    "recover.mark_read": Situation(after_a_crash, refresh),
    "recover.promoted": Situation(after_a_crash, refresh),
    "withdraw.begun": Situation(second_night, withdraw),
    "withdraw.done": Situation(second_night, withdraw),
}


def situation(name: str) -> Situation:
    """Where the failpoint is reached."""
    if name == "nightly.scored":
        return Situation(already_scored, nightly)
    if name.startswith("nightly."):
        return Situation(second_night, nightly)
    return BY_NAME.get(name, PLAIN)
