"""From a laid out cache to a running process: ports, files, Java."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from graph.errors import ServerError
from graph.server.browser import lay_out
from graph.server.cache import JarCache
from graph.server.configuration import HOST, java_arguments, neo4j_conf
from graph.server.home import ServerHome
from graph.server.ports import wanted_port
from graph.server.process import ServerProcess, launch
from graph.server.profile import Profile
from graph.settings import Settings

BOLT_PORT, HTTP_PORT = 7687, 7474


class PortTaken(ServerError):
    """Another program took the port between our look and Neo4j's."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where one server listens on the loopback address."""

    bolt: int
    http: int | None

    @property
    def uri(self) -> str:
        return f"bolt://{HOST}:{self.bolt}"

    @property
    def http_address(self) -> str | None:
        return None if self.http is None else f"http://{HOST}:{self.http}"


def usual_ports(profile: Profile, uri: str | None, http: str | None) -> Ports:
    """Where a server that was killed listened, so that those who asked it find the next one; else the known ports.

    Lean servers come many at a time: 0 stands for any.
    """
    known = Ports(BOLT_PORT, HTTP_PORT) if profile.browser else Ports(0, None)
    return Ports(_port(uri) or known.bolt, _port(http) or known.http)


def choose_ports(settings: Settings, profile: Profile, usual: Ports | None) -> Ports:
    """The wanted ports, else the usual ones when they are free, else any."""
    usual = usual or Ports(0, None)
    bolt = wanted_port("TWIN_BOLT_PORT", settings.bolt_port, usual.bolt or None)
    if not profile.browser:
        return Ports(bolt, None)
    return Ports(bolt, wanted_port("TWIN_HTTP_PORT", settings.http_port, usual.http or None))


def _port(address: str | None) -> int | None:
    return None if address is None else urlsplit(address).port


def start_process(home: ServerHome, cache: JarCache, profile: Profile, ports: Ports, java: Path) -> ServerProcess:
    """Write the configuration and start Java; it is not ready yet when this returns."""
    jars = {artifact: cache.path(artifact) for artifact in cache.lock.artifacts}
    if ports.http is not None:
        browser = next(path for artifact, path in jars.items() if artifact.artifact == "neo4j-browser")
        lay_out(home, browser, cache.lock.browser, ports.http, ports.bolt)
    # Procedures first, as in Neo4j's own launcher.
    ordered = sorted(jars, key=lambda artifact: (artifact.folder != "plugins", artifact))
    conf = neo4j_conf(home, cache.folder / "plugins", profile, ports.bolt, ports.http)
    (home.configuration / "neo4j.conf").write_text(conf, encoding="utf-8")
    home.arguments.write_text(java_arguments(home, (jars[a] for a in ordered), profile), encoding="utf-8")
    return launch(java, home.arguments, home.console)
