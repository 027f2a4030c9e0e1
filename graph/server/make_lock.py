"""Write the lock anew: Maven resolves `pom.xml`, the result is checked, and what changed is named.

    python -m graph.server.make_lock

Only for those who change versions: needs Maven and a network, and writes ``neo4j.lock.json``.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from graph.errors import InstallationError, TwinError
from graph.server.lock_checks import check
from graph.server.lockfile import LOCK_FILE, Artifact, Lock

POM = Path(__file__).with_name("pom.xml")
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
# Neo4j looks into every class of every jar in `plugins` for procedures: only these hold any.
PROCEDURES = re.compile(r"alpha-proc|proc|proc-.+")


def main() -> int:
    """Make the lock; return 0, or 1 after one line that says what is wrong."""
    try:
        with tempfile.TemporaryDirectory(prefix="twin-lock-") as folder:
            resolve(Path(folder))
            lock = read_tree(Path(folder))
            check(lock, Path(folder))
    except TwinError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    before = Lock.load().artifacts if LOCK_FILE.exists() else lock.artifacts
    LOCK_FILE.write_text(lock.text(), encoding="utf-8")
    sys.stdout.write(f"neo4j: {len(lock.artifacts)} jars, {lock.size / 1e6:.0f} MB, lock {lock.fingerprint}\n")
    for line in differences(before, lock.artifacts):
        sys.stdout.write(f"  {line}\n")
    return 0


def resolve(folder: Path) -> None:
    """Let Maven put every jar into the folder, laid out as a repository."""
    if shutil.which("mvn") is None:
        raise InstallationError("'mvn' is not on the path: install Maven to change the lock (not needed to run)")
    goal = [COPY, "-DincludeScope=runtime", f"-DoutputDirectory={folder}", "-Dmdep.useRepositoryLayout=true"]
    done = subprocess.run(
        ["mvn", "-B", "-q", "-f", str(POM), *goal, "-Dmdep.copyPom=false"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = next((line for line in done.stdout.splitlines() if "ERROR" in line), done.stderr.strip()[-200:])
        raise InstallationError(f"Maven could not resolve {POM.name!r}: {last}")


def read_tree(folder: Path) -> Lock:
    """The lock of a folder laid out as a repository: ``group/artifact/version/artifact-version[-classifier].jar``."""
    artifacts = []
    for jar in folder.rglob("*.jar"):
        *group, name, version, file = jar.relative_to(folder).parts
        classifier = file.removesuffix(".jar").removeprefix(f"{name}-{version}").removeprefix("-")
        place = "plugins" if group == ["org", "neo4j", "gds"] and PROCEDURES.fullmatch(name) else "lib"
        content = jar.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        artifacts.append(Artifact(".".join(group), name, version, classifier, digest, len(content), place))
    versions = {name: pom_property(f"{name}.version") for name in ("neo4j", "gds", "browser", "java")}
    return Lock(**versions, artifacts=tuple(sorted(artifacts)))


def pom_property(name: str) -> str:
    found = ElementTree.parse(POM).getroot().findtext(f"properties/{name}")  # noqa: S314
    if found is None:
        raise InstallationError(f"{POM.name!r} has no property {name!r}: add it")
    return found


def differences(before: tuple[Artifact, ...], after: tuple[Artifact, ...]) -> list[str]:
    """One line for each jar that came, went or changed."""
    old = {(a.group, a.artifact, a.classifier): a for a in before}
    new = {(a.group, a.artifact, a.classifier): a for a in after}
    lines = [f"- {old[key].name}" for key in sorted(old.keys() - new.keys())]
    lines += [f"+ {new[key].name}" for key in sorted(new.keys() - old.keys())]
    for key in sorted(old.keys() & new.keys()):
        if old[key].version != new[key].version:
            lines.append(f"~ {old[key].name} -> {new[key].version}")
        elif old[key] != new[key]:
            lines.append(f"! {new[key].name}: same version, other content")
    return lines


if __name__ == "__main__":
    sys.exit(main())
