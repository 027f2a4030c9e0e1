"""A month of nightly deliveries of the sample world, with faults thrown in, ends in the graph of one clean load."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from graph.server.local import LocalServer
from graph.world import WorldSettings, build
from tests.conftest import wipe
from tests.faults.harness import Twin, kill_server
from tests.faults.month import nightly
from tests.faults.proxy import FaultProxy

HCPS, MONTHS = 100, 6


class Trouble:
    """What may happen in a night; each leaves the twin with the night still to be done, or done."""

    def __init__(self, twin: Twin, server: LocalServer, seed: int) -> None:
        self.twin, self.server = twin, server
        self.chance = random.Random(seed)
        self.happened: list[str] = []

    def strike(self, night: Path) -> None:
        """One trouble, chosen by chance."""
        trouble = self.chance.choice((self.kill, self.cut, self.cut_off_file, self.stop, self.twice, self.server_dies))
        self.happened.append(trouble.__name__)
        trouble(night)

    def kill(self, night: Path) -> None:
        job = self.twin.start_refresh(until=night.name)
        self.twin.kill_after(job, self.chance.uniform(0.5, 6.0))

    def cut(self, night: Path) -> None:
        with FaultProxy(self.twin.uri) as proxy:
            proxy.cut("COMMIT", self.chance.choice(("before", "after")), self.chance.randint(1, 6))
            ended = self.twin.refresh(until=night.name, NEO4J_URI=proxy.uri)
        assert ended.code in (0, 60), ended.errors

    def cut_off_file(self, night: Path) -> None:
        """A file arrives in half; the whole one comes after that night's job."""
        files = [path for path in sorted(night.rglob("*.csv")) if path.stat().st_size > 200]
        file = self.chance.choice(files)
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
        ended = self.twin.refresh(until=night.name)
        assert ended.code in (0, 40), ended.errors
        file.write_bytes(whole)

    def stop(self, night: Path) -> None:
        job = self.twin.start_refresh(until=night.name)
        time.sleep(self.chance.uniform(1.5, 5.0))
        job.send_signal(signal.SIGTERM)
        ended = self.twin.end(job)
        assert ended.code in (0, 75, -signal.SIGTERM), ended.errors

    def twice(self, night: Path) -> None:
        jobs = [self.twin.start_refresh(until=night.name) for _ in range(2)]
        ended = [self.twin.end(job) for job in jobs]
        assert {one.code for one in ended} <= {0, 50}, [one.errors for one in ended]

    def server_dies(self, night: Path) -> None:
        job = self.twin.start_refresh(until=night.name)
        time.sleep(self.chance.uniform(1.0, 4.0))
        kill_server(self.server)
        self.server.start()
        ended = self.twin.end(job)
        assert ended.code in (0, 60), ended.errors


@pytest.mark.thorough
def test_a_month_of_nights_with_faults_ends_like_one_clean_load(
    twin: Twin, server: LocalServer, tmp_path: Path
) -> None:
    # given a month of nights
    build(WorldSettings(seed=7, hcps=HCPS, months=MONTHS, out=tmp_path / "world"))
    days = nightly(tmp_path / "world", tmp_path / "nights")
    assert len(days) == 29

    # when they arrive one by one, and in two of three nights something goes wrong
    twin.deliveries = tmp_path / "arrived"
    trouble = Trouble(twin, server, seed=11)
    for number, day in enumerate(days):
        shutil.copytree(tmp_path / "nights" / day, twin.deliveries / day)
        if number % 3:
            trouble.strike(twin.deliveries / day)
        ended = twin.refresh(until=day)
        assert ended.code == 0, (day, trouble.happened, ended.errors)
    twin.must_agree()
    faulty = twin.copy()
    with twin.store() as store:
        twin.must_be_clean(store)
        wipe(store)

    # and all of them are loaded at once by another twin with the same keys
    clean = Twin(tmp_path / "clean", twin.uri, twin.password, tmp_path / "nights")
    shutil.copytree(twin.home / "keys", clean.home / "keys")
    ended = clean.end(clean.start_refresh(), 600)

    # then
    assert ended.code == 0, ended.errors
    assert len(set(trouble.happened)) >= 5, trouble.happened
    assert faulty.facts() == clean.copy().facts()
