"""`twin neo4j`: install, start, stop and look after the local server."""

from collections import deque

import click

from api.commands.common import echo_result, json_option, load_settings
from graph.errors import NotFound, StoreUnavailable
from graph.progress import Progress, say
from graph.server.external import describe
from graph.server.local import LocalServer, Status

EXIT_CODES = """\b
Exit codes: 0 done (also when there was nothing to do), 2 wrong setting or taken port,
3 an artifact, Java or the disk is not as needed, 4 the server did not start or stop as promised,
60 Neo4j does not answer."""
MEGABYTE = 1_000_000


@click.group(epilog=EXIT_CODES)
def command() -> None:
    """The local Neo4j: downloaded by lock, run as a process of its own, below TWIN_HOME/neo4j."""


@command.command(epilog=EXIT_CODES)
@click.option("--verify", is_flag=True, help="Compute the checksums of all jars again and replace wrong ones.")
@json_option
def install(verify: bool, as_json: bool) -> None:
    """Download the jars that are missing, verify them, keep them in the cache."""
    server = LocalServer(load_settings())
    with _Download() as download:
        done = server.install(download.arrived, verify)
    result = {
        "folder": str(done.folder),
        "jars": done.jars,
        "fetched": done.fetched,
        "bytes": done.bytes_fetched,
        "seconds": round(done.seconds, 2),
    }
    text = f"Neo4j {server.lock.neo4j}: {done.jars} jars in {done.folder}, {done.fetched} of them fetched now"
    echo_result(result, as_json, text)


@command.command(epilog=EXIT_CODES)
@click.option("--lean", is_flag=True, help="Small and without Browser: for tests.")
@json_option
def start(lean: bool, as_json: bool) -> None:
    """Start the server and wait until it answers. Running already is fine."""
    settings = load_settings()
    if settings.neo4j_uri is not None:
        say("NEO4J_URI is set: an external server is used, nothing is started here")
        found = describe(settings)
        if not found.running:
            raise StoreUnavailable(f"Neo4j at {found.uri!r} does not answer: start it there, or unset NEO4J_URI")
        _echo_status(found, as_json)
        return
    server = LocalServer(settings, profile="lean" if lean else "full")
    if server.status().running:
        say("already running")
    with _Download() as download:
        status = server.start(download.arrived)
    _echo_status(status, as_json)


@command.command(epilog=EXIT_CODES)
@json_option
def stop(as_json: bool) -> None:
    """Stop the server of this TWIN_HOME, and no other process."""
    settings = load_settings()
    if settings.neo4j_uri is not None:
        say("NEO4J_URI is set: an external server is used, nothing is stopped here")
        echo_result({"stopped": False}, as_json, "nothing stopped")
        return
    stopped = LocalServer(settings).stop()
    echo_result({"stopped": stopped}, as_json, "stopped" if stopped else "it was not running")


@command.command(epilog=EXIT_CODES)
@json_option
def status(as_json: bool) -> None:
    """Say whether Neo4j runs, where, in which version, and where its password is."""
    settings = load_settings()
    _echo_status(LocalServer(settings).status() if settings.neo4j_uri is None else describe(settings), as_json)


@command.command(epilog=EXIT_CODES + " 6 there is no log yet.")
@click.option("--lines", default=50, show_default=True, type=click.IntRange(1), help="How many of the last lines.")
@json_option
def logs(lines: int, as_json: bool) -> None:
    """Print what the server said last."""
    file = LocalServer(load_settings()).home.console
    if not file.exists():
        raise NotFound(f"there is no log at {str(file)!r}: run 'twin neo4j start' first")
    with file.open(encoding="utf-8", errors="replace") as content:
        last = [line.rstrip("\n") for line in deque(content, maxlen=lines)]
    echo_result({"file": str(file), "lines": last}, as_json, "\n".join(last))


class _Download:
    """A progress bar that appears with the first bytes: mostly there is nothing to download."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._seen = 0

    def __enter__(self) -> "_Download":
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(*error)

    def arrived(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = Progress("Neo4j", total // MEGABYTE, "MB")
        megabytes = min(done, total) // MEGABYTE
        if megabytes > self._seen:
            self._bar.advance(megabytes - self._seen)
            self._seen = megabytes


def _echo_status(found: Status, as_json: bool) -> None:
    if found.running:
        lines = [f"Neo4j {found.version} with graph data science {found.gds} runs at {found.uri} (user {found.user})"]
        if found.password_file is not None:
            lines.append(f"password: in {found.password_file}")
        if found.http is not None:
            lines.append(f"Browser:  {found.http}/browser/twin/")
    else:
        lines = ["Neo4j does not run: 'twin neo4j start' starts it" if found.uri is None
                 else f"Neo4j at {found.uri} does not answer"]  # fmt: skip
    echo_result(found.as_json(), as_json, "\n".join(lines))
