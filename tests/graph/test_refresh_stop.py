"""SIGTERM: a refresh stops at a safe place, says so with its exit code, and goes on when it is run again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.errors import Stopped
from graph.ingest import apply as applying
from graph.ingest import claiming
from graph.ingest.report import RefreshReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, counters, everything, one, person

Run = Callable[..., RefreshReport]
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C is heard also where the tests run in the background of a shell, which ignores it."""
    had = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, had)


def stopping_at(
    monkeypatch: pytest.MonkeyPatch, module: Any, place: str, number: signal.Signals = signal.SIGTERM
) -> None:
    """Send the signal to this process when the place is reached for the first time."""
    sent: list[str] = []

    def send(name: str) -> None:
        if name == place and not sent:
            sent.append(name)
            signal.raise_signal(number)

    monkeypatch.setattr(module, "failpoint", send)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
@pytest.mark.parametrize(("module", "place"), [(claiming, "claim.begun"), (applying, "apply.chunk_sent")])
def test_what_is_not_committed_leaves_nothing(
    deliveries: Any,
    run: Run,
    neo4j_empty: Store,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    place: str,
    number: signal.Signals,
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    with monkeypatch.context() as patch:
        stopping_at(patch, module, place, number)

        # when
        with pytest.raises(Stopped, match="run the same command again to go on") as caught:
            run()

    # then
    assert caught.value.exit_code == 75
    assert everything(neo4j_empty) == []
    assert len(set(counters(neo4j_empty).values())) <= 1
    assert run().write_transactions == 1


def test_between_batches_it_goes_on_where_it_stopped(
    deliveries: Any, run: Run, neo4j_empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    deliveries.nppes("2025-01-01", person(ANNA), person(BERT))
    with monkeypatch.context() as patch:
        patch.setattr(applying, "ROWS_IN_ONE_TRANSACTION", 1)
        patch.setattr(applying, "ROWS_PER_BATCH", 1)
        stopping_at(patch, applying, "apply.batch_committed")

        # when
        with pytest.raises(Stopped):
            run()

    # then
    mark = one(neo4j_empty, "MATCH (r:RefreshRun) RETURN r.batches AS batches, r.state AS state")
    assert mark == {"batches": 1, "state": "applying"}
    assert counters(neo4j_empty) == {"writing": 1, "published": 0}

    # when a job with batches of another size goes on
    report = run()

    # then
    assert (report.write_transactions, report.published_seq) == (0, 1)
    assert one(neo4j_empty, "MATCH (n:HCP) RETURN count(n) AS n")["n"] == 2


def test_the_command_ends_with_its_own_code(deliveries: Any, neo4j_empty: Store, neo4j_settings: Settings) -> None:
    # given a job that waits for a writer on another machine
    deliveries.nppes("2025-01-01", person(ANNA))
    neo4j_empty.write(
        "CREATE (l:Lease {name: 'apply', token: 1, owner: 'elsewhere'}) "
        "SET l.until = datetime.realtime() + duration('PT1H') RETURN l.token AS token"
    )
    environment = os.environ | {
        "TWIN_HOME": str(neo4j_settings.home),
        "NEO4J_URI": str(neo4j_settings.neo4j_uri),
        "NEO4J_USER": neo4j_settings.neo4j_user,
        "NEO4J_PASSWORD": str(neo4j_settings.neo4j_password),
    }
    command = [sys.executable, "-m", "api.cli", "refresh", "--from", str(deliveries.folder)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as job:
        deadline = time.monotonic() + 60
        while not neo4j_empty.read("MATCH (l:Lease {name: 'nppes'}) RETURN l.owner AS owner"):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        time.sleep(1)

        # when
        job.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        _, errors = job.communicate(timeout=30)

    # then
    assert job.returncode == 75
    assert time.monotonic() - asked < 5
    assert errors.splitlines()[-1] == "error: stopped as asked at a safe place: run the same command again to go on"
    assert one(neo4j_empty, "MATCH (l:Lease {name: 'nppes'}) RETURN l.owner AS owner") == {"owner": None}
