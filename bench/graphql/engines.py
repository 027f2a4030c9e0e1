"""The engines as processes of their own: the API, the peer, plain Strawberry, the floor."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import OctKey

from api.tokens import Caller, development_key, sign
from bench.graphql.load import Call
from bench.graphql.operations import Operation
from graph.settings import Settings
from graph.store.connection import find_connection

ROOT = Path(__file__).resolve().parents[2]
PEER = ROOT / "bench" / "peers" / "neo4j_graphql"


@dataclass(frozen=True, slots=True)
class Engine:
    """A served engine: its address, process and the token it takes."""

    name: str
    address: str
    pid: int
    token: str

    def call(self, operation: Operation) -> Call:
        document = operation.peer if self.name == "peer" else operation.document
        if self.name == "floor":
            document = operation.name
        return Call.of(f"{self.address}/graphql", document, operation.variables, self.token)


def caller(territories: Sequence[str]) -> Caller:
    """The field rep of the comparison."""
    return Caller("bench", "field_rep", "field_engagement", tuple(territories))


@contextmanager
def served(name: str, settings: Settings, who: Caller) -> Iterator[Engine]:
    """Start an engine on the settings' Neo4j; stop it at the end."""
    token = sign(development_key(settings), who)
    connection = find_connection(settings)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("TWIN_", "NEO4J_"))},
        "NEO4J_URI": connection.uri,
        "NEO4J_USER": connection.user,
        "NEO4J_PASSWORD": connection.password,
        "TWIN_HOME": str(settings.home),
        "PYTHONPATH": str(ROOT),
        # One client asks all there is to ask.
        "TWIN_COST_PER_SECOND": str(10**9),
        "TWIN_COST_BURST": str(10**9),
    }
    commands = {
        "api": [sys.executable, "-m", "api.cli", "serve", "--json"],
        "strawberry": [sys.executable, "-m", "bench.peers.strawberry_resolvers"],
        "floor": [sys.executable, "-m", "bench.peers.floor"],
        "peer": ["node", "server.js"],
    }
    if name == "peer":
        install_peer()
        key = os.urandom(32).hex()
        environment |= {"JWT_KEY": key, "NODE_ENV": "production"}
        token = peer_token(key, {"role": who.role, "territories": list(who.territories)})
    if name == "floor":
        environment |= {"BENCH_TERRITORIES": json.dumps(who.territories)}
    folder = PEER if name == "peer" else ROOT
    with subprocess.Popen(commands[name], env=environment, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout is not None else ""
            if not line:
                raise RuntimeError(f"{name} did not start: exit code {process.wait()}")
            yield Engine(name, json.loads(line)["address"], process.pid, token)
        finally:
            process.terminate()
            process.wait(30)


def peer_token(key: str, claims: Mapping[str, object]) -> str:
    """A token as the peer's manual makes it: HS256 with a shared key."""
    expires = int(datetime.datetime.now(datetime.UTC).timestamp()) + 3600
    return jwt.encode({"alg": "HS256"}, {"sub": "bench", "exp": expires, **claims}, OctKey.import_key(key))


def install_peer() -> None:
    """Its packages, from its lock."""
    if not (PEER / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=PEER, check=True, stdout=subprocess.DEVNULL)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process with all its threads, in seconds, to the nanosecond where Linux counts so."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            continue  # a thread that has just ended
    return total / 1e9


def quiet(server: int, longest: float = 600.0) -> float:
    """Wait until a process has used less than a tenth of a core for three seconds; return the seconds waited."""
    started = time.monotonic()
    still = 0
    while still < 3 and time.monotonic() - started < longest:
        before = cpu_seconds(server)
        time.sleep(1)
        still = still + 1 if cpu_seconds(server) - before < 0.1 else 0
    return time.monotonic() - started
