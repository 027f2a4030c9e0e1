"""One twin under faults: its home, its server, and the refresh job as the process that a scheduler starts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.identity.keys import load_key, person_key
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import Store, open_store
from tests.conftest import settings_for
from tests.faults.graphcopy import GraphCopy
from tests.faults.nights import MEMBER, NIGHTS, PERSON

JOB_SECONDS = 420.0
RUNNER = Path(__file__).with_name("job.py")


@dataclass(frozen=True, slots=True)
class Night:
    """The twin as an undisturbed refresh left it after some nights: a copy of its home, and its graph."""

    home: Path
    graph: GraphCopy


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended; a negative code is the signal that killed it."""

    code: int
    output: str
    errors: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    def report(self) -> dict[str, Any]:
        """What `--json` printed."""
        data: dict[str, Any] = json.loads(self.output)
        return data


@dataclass(slots=True)
class Twin:
    """Its refresh runs as a subprocess; all that these processes say is kept and searched for personal values."""

    home: Path
    uri: str
    password: str = field(repr=False)
    deliveries: Path
    said: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return settings_for(self.home, NEO4J_URI=self.uri, NEO4J_PASSWORD=self.password)

    def environment(self, **more: str) -> dict[str, str]:
        """What a job sees; ``more`` overrides."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEO4J_", "TWIN_"))}
        cache = {"TWIN_CACHE": os.environ["TWIN_CACHE"]} if "TWIN_CACHE" in os.environ else {}
        own = {"TWIN_HOME": str(self.home), "NEO4J_URI": self.uri, "NEO4J_PASSWORD": self.password}
        return {**kept, **cache, **own, **more}

    def start(
        self, *arguments: object, small_batches: bool = False, short_leases: bool = False, **environment: str
    ) -> subprocess.Popen[str]:
        """Start a command of `twin`; with ``small_batches`` a few rows count as a big load."""
        chosen = {"--small-batches": small_batches, "--short-leases": short_leases}
        command = [sys.executable, str(RUNNER), *(name for name, on in chosen.items() if on), "--debug"]
        return subprocess.Popen(
            [*command, *map(str, arguments)],
            env=self.environment(PYTHONPATH=str(RUNNER.parents[2]), **environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: subprocess.Popen[str], seconds: float = JOB_SECONDS) -> Ended:
        """Wait for a started command; one that hangs is killed and fails the test."""
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            raise AssertionError(f"the job hung for {seconds:.0f} s: {errors[-2000:]}") from None
        self.said += [output, errors]
        return Ended(process.returncode, output, errors)

    def kill_after(self, process: subprocess.Popen[str], seconds: float) -> Ended:
        """Kill a started command after some time, unless it has ended by then."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
        return self.end(process)

    def run(self, *arguments: object, small_batches: bool = False, **environment: str) -> Ended:
        """Run a command of `twin` to its end."""
        return self.end(self.start(*arguments, small_batches=small_batches, **environment))

    def refresh(self, *options: object, until: str | None = None, small_batches: bool = False, **env: str) -> Ended:
        """`twin refresh --json` of the deliveries up to a night."""
        as_of = () if until is None else ("--as-of", until)
        return self.run(
            "refresh", "--from", self.deliveries, "--json", *as_of, *options, small_batches=small_batches, **env
        )

    def start_refresh(
        self,
        *options: object,
        until: str | None = None,
        small_batches: bool = False,
        short_leases: bool = False,
        **env: str,
    ) -> subprocess.Popen[str]:
        """The same without waiting for its end."""
        as_of = () if until is None else ("--as-of", until)
        arguments = ("refresh", "--from", self.deliveries, "--json", *as_of, *options)
        return self.start(*arguments, small_batches=small_batches, short_leases=short_leases, **env)

    def store(self) -> Store:
        return open_store(self.settings)

    def become(self, night: Night) -> None:
        """Home and graph as they were after that night."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(night.home, self.home)
        with self.store() as store:
            night.graph.put(store)

    def copy(self) -> GraphCopy:
        with self.store() as store:
            return GraphCopy.take(store)

    def must_agree(self) -> None:
        """The product itself finds graph and state to hold the same facts."""
        ended = self.run("fingerprint", "--json")
        assert ended.code == 0, ended.output[-2000:]

    def must_equal(self, night: Night, *, changes: bool = True) -> None:
        """The graph is that of the undisturbed run, its log too, and nothing is left over."""
        found = self.copy()
        assert found.facts() == night.graph.facts()
        if changes:
            assert found.changes() == night.graph.changes()
        with self.store() as store:
            self.must_be_clean(store)

    def must_be_clean(self, store: Store) -> None:
        """Counters level, ledger legal, no lease held, no half state, nothing personal anywhere."""
        rows = store.read("MATCH (s:Sequence) RETURN s.name AS name, s.value AS value")
        counters = {row["name"]: row["value"] for row in rows}
        assert counters["writing"] == counters["published"]
        runs = store.read(
            "MATCH (r:RefreshRun) WHERE r.sequence IS NOT NULL "
            "RETURN r.sequence AS sequence, r.finishedAt AS finished, "
            "r.inserted + r.updated + r.tombstoned AS rows ORDER BY sequence"
        )
        # A run without a difference has the sequence that it found.
        wrote = [row["sequence"] for row in runs if row["rows"]]
        assert wrote == sorted(set(wrote))
        assert all(row["finished"] is not None for row in runs)
        assert store.read("MATCH (l:Lease) WHERE l.until > datetime() RETURN l.name AS name") == []
        assert store.read("MATCH (n) WITH n.id AS id, count(n) AS n WHERE id IS NOT NULL AND n > 1 RETURN id") == []
        self.must_hide_people()

    def must_hide_people(self) -> None:
        """No personal value in what the jobs said or left behind."""
        texts = [(f"output {number}", text.encode()) for number, text in enumerate(self.said)]
        texts += [(str(path), path.read_bytes()) for path in _files(self.home)]
        for secret in (PERSON.encode(), MEMBER.encode()):
            assert [name for name, data in texts if secret in data] == []

    def data_transactions(self) -> int:
        """How many runs have written data."""
        with self.store() as store:
            return int(store.read("MATCH (r:RefreshRun) RETURN count(r) AS n")[0]["n"])


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def kill_server(server: LocalServer) -> None:
    """As if the power failed, for this process alone."""
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not server.status().running, what="the end of Neo4j")


def wait_for(condition: Any, seconds: float = 60.0, what: str = "it") -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.02)


def undisturbed(twin: Twin, kept: Path) -> dict[str, Night]:
    """Refresh night by night without any fault; keep home and graph after each (and before all, as ``start``)."""
    nights = {}
    for name in ("start", *NIGHTS):
        if name != "start":
            ended = twin.refresh(until=name)
            assert ended.code == 0, ended.errors
        else:
            # With its keys: without them every twin that begins here would give other ids.
            twin.home.mkdir(parents=True)
            load_key(twin.settings, "identity")
            person_key(twin.settings)
        shutil.copytree(twin.home, kept / name)
        nights[name] = Night(kept / name, twin.copy())
    return nights
