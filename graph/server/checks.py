"""What the twin needs from its machine, looked at one by one. Nothing here changes anything."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graph.errors import TwinError
from graph.server.cache import JarCache
from graph.server.external import describe
from graph.server.java import find_java
from graph.server.launching import BOLT_PORT, HTTP_PORT
from graph.server.local import LocalServer
from graph.server.lockfile import Lock
from graph.server.ports import is_free
from graph.settings import Settings

Verdict = Literal["ok", "warn", "fail"]
LOW_BYTES, TOO_FEW_BYTES = 5_000_000_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. ``remedy`` is empty when all is well."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


def machine_findings(settings: Settings) -> Iterator[Finding]:
    """Everything about the machine and about Neo4j, in the order in which a user would mend it."""
    yield _python()
    yield from _disks(settings)
    yield from _writable(settings)
    yield _java(settings)
    yield _jars(settings)
    yield from _neo4j(settings)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= (3, 14):
        return Finding("python", "warn", found, "the locks are made for 3.11 to 3.13: use one of these when in doubt")
    return Finding("python", "ok", found)


def _disks(settings: Settings) -> Iterator[Finding]:
    for name, folder in (("disk of TWIN_HOME", settings.home), ("disk of TWIN_CACHE", settings.cache)):
        free = shutil.disk_usage(_existing(folder)).free
        found = f"{free / 1e9:.1f} GB free at {folder}"
        if free < TOO_FEW_BYTES:
            yield Finding(name, "fail", found, "free some space, or set the variable to another disk")
        elif free < LOW_BYTES:
            yield Finding(name, "warn", found, "free some space before you load much")
        else:
            yield Finding(name, "ok", found)


def _writable(settings: Settings) -> Iterator[Finding]:
    for name, folder in (("TWIN_HOME", settings.home), ("TWIN_CACHE", settings.cache)):
        place = _existing(folder)
        if os.access(place, os.W_OK | os.X_OK):
            yield Finding(f"write to {name}", "ok", str(folder))
        else:
            yield Finding(f"write to {name}", "fail", str(place), f"make the folder yours, or set {name} to another")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return folder if folder.exists() else _existing(folder.parent)


def _java(settings: Settings) -> Finding:
    try:
        java = find_java(settings.java)
    except TwinError as error:
        return _failed("java", error)
    return Finding("java", "ok", f"{java.version} at {java.path}")


def _jars(settings: Settings) -> Finding:
    try:
        lock = Lock.load()
    except TwinError as error:
        return _failed("neo4j jars", error)
    cache = JarCache(settings.cache, lock)
    if cache.is_complete():
        return Finding("neo4j jars", "ok", f"{len(lock.artifacts)} in {cache.folder}")
    verdict: Verdict = "fail" if settings.neo4j_uri is None else "warn"
    return Finding("neo4j jars", verdict, f"not complete in {cache.folder}", "run 'twin neo4j install'")


def _neo4j(settings: Settings) -> Iterator[Finding]:
    """The ports when nothing runs yet, else what answers there."""
    if settings.neo4j_uri is not None:
        yield _answering(settings)
        return
    status = LocalServer(settings).status()
    if status.running:
        yield Finding("neo4j", "ok", f"{status.version} with GDS {status.gds} at {status.uri}")
        return
    yield _port("TWIN_BOLT_PORT", settings.bolt_port, BOLT_PORT)
    yield _port("TWIN_HTTP_PORT", settings.http_port, HTTP_PORT)
    yield Finding("neo4j", "warn", "the local server does not run", "run 'twin neo4j start'")


def _answering(settings: Settings) -> Finding:
    try:
        status = describe(settings)
    except TwinError as error:
        return _failed("neo4j", error)
    if not status.running:
        remedy = "start that server, or check NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD_FILE"
        return Finding("neo4j", "fail", f"{status.uri} does not answer", remedy)
    if status.gds is None:
        return Finding("neo4j", "fail", f"{status.version} without GDS", "install graph data science on that server")
    ours = Lock.load()
    found = f"{status.version} with GDS {status.gds} at {status.uri}"
    if str(status.version).split(".")[:2] != ours.neo4j.split(".")[:2]:
        return Finding("neo4j", "warn", found, f"the twin is tested with Neo4j {ours.neo4j}")
    return Finding("neo4j", "ok", found)


def _port(variable: str, wanted: int | None, usual: int) -> Finding:
    port = usual if wanted is None else wanted
    if is_free(port):
        return Finding(variable, "ok", f"{port} is free")
    if wanted is None:
        return Finding(variable, "ok", f"{port} is taken, another is chosen at the start")
    return Finding(variable, "fail", f"{port} is taken", f"end the program that listens there, or unset {variable}")


def _failed(name: str, error: TwinError) -> Finding:
    """An error's line says what is wrong before its first colon, and what to do after it."""
    found, _, remedy = str(error).partition(": ")
    return Finding(name, "fail", found, remedy)
