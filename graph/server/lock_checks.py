"""What a lock must satisfy before it is written: the mistakes that would only show when the server runs."""

import zipfile
from collections import Counter
from pathlib import Path

from graph.errors import InstallationError
from graph.server.lockfile import Artifact, Lock

ENTRY_POINT = "org/neo4j/server/CommunityEntryPoint.class"
EXTENSION_SERVICE = "META-INF/services/org.neo4j.kernel.extension.ExtensionFactory"


def check(lock: Lock, repository: Path) -> None:
    """Raise `InstallationError` for the first rule that the lock breaks; jars are read from ``repository``."""
    check_unique(lock.artifacts)
    check_one_jackson(lock.artifacts)
    check_contains(lock, repository, "org.neo4j", "neo4j", ENTRY_POINT)
    check_contains(lock, repository, "org.neo4j.gds", "opengds-extension", EXTENSION_SERVICE)


def check_unique(artifacts: tuple[Artifact, ...]) -> None:
    """One version per coordinate, and no two jars that would overwrite each other in a folder."""
    coordinates = Counter(f"{a.group}:{a.artifact}:{a.classifier}" for a in artifacts)
    files = Counter(a.file for a in artifacts)
    for name, count in (*coordinates.items(), *files.items()):
        if count > 1:
            raise InstallationError(f"{name.rstrip(':')!r} is in the lock {count} times: settle on one in pom.xml")


def check_one_jackson(artifacts: tuple[Artifact, ...]) -> None:
    """All jackson modules share major and minor version: others fail at run time, and not at once."""
    families = {".".join(a.version.split(".")[:2]) for a in artifacts if a.group.startswith("com.fasterxml.jackson")}
    if len(families) > 1:
        raise InstallationError(f"jackson is locked in versions {sorted(families)}: pin one in pom.xml")


def check_contains(lock: Lock, repository: Path, group: str, artifact: str, member: str) -> None:
    """The named jar holds the member that the server is started by."""
    jar = next((a for a in lock.artifacts if (a.group, a.artifact) == (group, artifact)), None)
    if jar is None:
        raise InstallationError(f"{group}:{artifact} is not in the lock: add it to pom.xml")
    with zipfile.ZipFile(repository / jar.repository_path) as content:
        if member not in content.namelist():
            raise InstallationError(f"{jar.name} lacks {member!r}: this version is not supported")
