"""The folders and files of one local server, all below ``TWIN_HOME/neo4j``."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerHome:
    """Names the places; makes the folders when asked."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def console(self) -> Path:
        """What the server prints."""
        return self.logs / "console.log"

    @property
    def configuration(self) -> Path:
        """The folder with ``neo4j.conf`` and the arguments of Java."""
        return self.folder / "conf"

    @property
    def arguments(self) -> Path:
        return self.configuration / "java.args"

    @property
    def web(self) -> Path:
        """First on the class path: what the server's own HTTP address shows."""
        return self.folder / "web"

    @property
    def password(self) -> Path:
        return self.folder / "password"

    @property
    def record(self) -> Path:
        """Which process serves this home, and where."""
        return self.folder / "server.json"

    @property
    def store(self) -> Path:
        """Which Neo4j wrote the data."""
        return self.folder / "store.json"

    @property
    def lock(self) -> Path:
        return self.folder / "server.lock"

    def make(self) -> None:
        """Make the folders, readable by their owner alone."""
        for folder in (
            self.folder,
            self.data,
            self.logs,
            self.configuration,
            self.folder / "run",
            self.folder / "import",
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
