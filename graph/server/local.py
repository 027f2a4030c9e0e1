"""The local Neo4j as one object: install, start, stop, status."""

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from graph.errors import ServerError, StoreUnavailable
from graph.server import record as records
from graph.server.bolt import ask_versions, is_up, settle_password
from graph.server.cache import Installed, JarCache, Progress
from graph.server.filelock import held
from graph.server.home import ServerHome
from graph.server.java import find_java
from graph.server.launching import Ports, PortTaken, choose_ports, start_process, usual_ports
from graph.server.lockfile import Lock
from graph.server.password import ensure_password
from graph.server.process import ServerProcess
from graph.server.profile import PROFILES, ProfileName
from graph.server.record import ServerRecord, StoreRecord
from graph.server.store_version import check_store
from graph.settings import Settings

USER = "neo4j"
START_SECONDS = 240.0
LOCK_SECONDS = 300.0
PORT_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Status:
    """What scripts rely on; addresses and versions are ``None`` while nothing runs."""

    running: bool
    uri: str | None
    http: str | None
    user: str
    password_file: str | None
    version: str | None
    gds: str | None
    pid: int | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


class LocalServer:
    """The Neo4j whose data lives in ``settings.home / "neo4j"``. Safe against a second caller in another process."""

    def __init__(self, settings: Settings, profile: ProfileName = "full", lock: Lock | None = None) -> None:
        self.settings = settings
        self.profile = PROFILES[profile]
        self.lock = Lock.load() if lock is None else lock
        self.home = ServerHome(settings.home / "neo4j")
        self.cache = JarCache(settings.cache, self.lock)

    def install(self, progress: Progress | None = None, verify: bool = False) -> Installed:
        """Fetch the jars that are missing from the cache."""
        return self.cache.install(self.settings.repository, progress, verify)

    def start(self, progress: Progress | None = None) -> Status:
        """Run the server and wait until it answers; when it runs already, only say so."""
        self.home.make()
        with held(self.home.lock, "another start or stop", LOCK_SECONDS):
            running = self._running()
            if running is not None:
                return self._status(running if running.version is not None else self._greet(running))
            killed = records.read_server(self.home.record)
            self.home.record.unlink(missing_ok=True)
            self.install(progress)
            check_store(self.home, self.lock.neo4j)
            return self._status(self._launch(killed))

    def stop(self) -> bool:
        """End the server of this home and no other process; say whether one ran."""
        if not self.home.record.exists():
            return False
        with held(self.home.lock, "another start or stop", LOCK_SECONDS):
            running = self._running()
            if running is not None:
                _process(running).stop()
            self.home.record.unlink(missing_ok=True)
        return running is not None

    def status(self) -> Status:
        """Whether the server runs, and where."""
        return self._status(self._running())

    def memory(self) -> int | None:
        """Resident bytes of the server's process, or ``None`` when it does not run."""
        running = self._running()
        return None if running is None else _process(running).memory()

    def _running(self) -> ServerRecord | None:
        """The record, if the process it names lives and is ours."""
        found = records.read_server(self.home.record)
        return found if found is not None and _process(found).is_alive() else None

    def _status(self, running: ServerRecord | None) -> Status:
        if running is None:
            return Status(False, None, None, USER, str(self.home.password), None, None, None)
        return Status(
            running.version is not None,
            running.uri,
            running.http,
            running.user,
            running.password_file,
            running.version,
            running.gds,
            running.pid,
        )

    def _launch(self, killed: ServerRecord | None) -> ServerRecord:
        """Start a process; when another program was quicker to take a port, try again with other ports."""
        java = find_java(self.settings.java)
        ensure_password(self.home.password)
        usual = usual_ports(self.profile, *((None, None) if killed is None else (killed.uri, killed.http)))
        for attempt in range(1, PORT_ATTEMPTS + 1):
            ports = choose_ports(self.settings, self.profile, usual if attempt == 1 else None)
            process = start_process(self.home, self.cache, self.profile, ports, java.path)
            started = self._record(process, ports, java.version)
            records.write(self.home.record, started)
            try:
                return self._greet(started)
            except PortTaken:
                self.home.record.unlink(missing_ok=True)
                if attempt == PORT_ATTEMPTS:
                    raise
            except BaseException:
                process.stop()
                self.home.record.unlink(missing_ok=True)
                raise
        raise AssertionError("unreachable")

    def _record(self, process: ServerProcess, ports: Ports, java: str) -> ServerRecord:
        return ServerRecord(
            process.pid,
            process.started,
            self.profile.name,
            ports.uri,
            ports.http_address,
            USER,
            str(self.home.password),
            java,
        )

    def _greet(self, started: ServerRecord) -> ServerRecord:
        """Wait for Bolt, settle the password, check the versions, and write all of it down."""
        self._wait_until_started(started)
        password = ensure_password(self.home.password)
        store = records.read_store(self.home.store)
        settle_password(started.uri, USER, password, may_be_first=store is None or not store.password_set)
        records.write(self.home.store, StoreRecord(self.lock.neo4j, password_set=True))
        versions = ask_versions(started.uri, USER, password)
        if versions.gds is None or versions.gds.split("+")[0] != self.lock.gds:
            raise ServerError(
                f"graph data science answers {versions.gds!r}, {self.lock.gds!r} is locked: "
                f"run 'twin neo4j install --verify', then look into {str(self.home.console)!r}"
            )
        ready = replace(started, version=versions.neo4j, gds=versions.gds)
        records.write(self.home.record, ready)
        return ready

    def _wait_until_started(self, started: ServerRecord) -> None:
        """Wait for the server's own word, and for Bolt to answer."""
        process, deadline = _process(started), time.monotonic() + START_SECONDS
        while not (_says_started(self.home.console) and is_up(started.uri)):
            if not process.is_alive():
                raise _died(self.home.console)
            if time.monotonic() > deadline:
                raise StoreUnavailable(
                    f"Neo4j at {started.uri!r} does not answer after {START_SECONDS:.0f} s: "
                    f"look into {str(self.home.console)!r}"
                )
            time.sleep(0.1)


def _says_started(console: Path) -> bool:
    return b" Started.\n" in console.read_bytes()


def _process(found: ServerRecord) -> ServerProcess:
    return ServerProcess(found.pid, found.started)


def _died(console: Path) -> ServerError:
    """The error for a server that ended while it was starting, with what it said last."""
    text = console.read_text(encoding="utf-8", errors="replace") if console.exists() else ""
    if "Address already in use" in text or "BindException" in text:
        return PortTaken(f"a port of Neo4j was taken while it started; see {str(console)!r}")
    lines = [line for line in text.splitlines() if "ERROR" in line or line.startswith("Caused by")]
    last = (lines or text.splitlines() or ["it said nothing"])[-1].strip()
    return ServerError(f"Neo4j ended while it was starting: {last[:300]!r}; see {str(console)!r}")
