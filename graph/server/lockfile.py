"""The lock: every jar of the local Neo4j by coordinates, checksum, size and folder."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graph.errors import InstallationError

LOCK_FILE = Path(__file__).with_name("neo4j.lock.json")


@dataclass(frozen=True, slots=True, order=True)
class Artifact:
    """One jar. ``folder`` is ``plugins`` for jars that Neo4j scans for procedures, else ``lib``."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    size: int
    folder: str

    @property
    def name(self) -> str:
        """Coordinates as people write them: ``group:artifact[:classifier]:version``."""
        middle = f":{self.classifier}" if self.classifier else ""
        return f"{self.group}:{self.artifact}{middle}:{self.version}"

    @property
    def file(self) -> str:
        suffix = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{suffix}.jar"

    @property
    def repository_path(self) -> str:
        """Where an artifact repository keeps the jar, relative to its address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.file}"


@dataclass(frozen=True)
class Lock:
    """All jars, sorted, and the versions they add up to."""

    neo4j: str
    gds: str
    browser: str
    java: str
    artifacts: tuple[Artifact, ...]

    @property
    def size(self) -> int:
        """Bytes of all jars together."""
        return sum(artifact.size for artifact in self.artifacts)

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change whenever any line of the lock does."""
        return hashlib.sha256(self.text().encode()).hexdigest()[:16]

    def text(self) -> str:
        """The lock as JSON, one artifact a line, so that a difference reads well."""
        versions = {"neo4j": self.neo4j, "gds": self.gds, "browser": self.browser, "java": self.java}
        lines = []
        for artifact in sorted(self.artifacts):
            fields = {name: getattr(artifact, name) for name in Artifact.__slots__}
            if not artifact.classifier:
                del fields["classifier"]
            lines.append("    " + json.dumps(fields))
        return f'{{\n  "versions": {json.dumps(versions)},\n  "artifacts": [\n' + ",\n".join(lines) + "\n  ]\n}\n"

    @classmethod
    def load(cls, file: Path = LOCK_FILE) -> "Lock":
        """Read a lock; raise `InstallationError` when it is not one."""
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            artifacts = [Artifact(**{"classifier": "", **fields}) for fields in content["artifacts"]]
            return cls(**content["versions"], artifacts=tuple(sorted(artifacts)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InstallationError(f"lock file {str(file)!r} cannot be used ({error}): run 'make lock'") from error
