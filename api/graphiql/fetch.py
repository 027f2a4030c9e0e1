"""Fetch GraphiQL and React by lock and checksum: ``python -m api.graphiql.fetch``, run once by set-up or `twin serve`.

A process of its own, so that the serving process never loads an HTTP client.
"""

import sys
import zipfile

from api.graphiql.files import Package, fetched, folder, packages
from graph.errors import TwinError
from graph.server.lockfile import Artifact
from graph.server.repository import Repository, disk_error
from graph.settings import Settings


def fetch(settings: Settings) -> int:
    """Put the files into the cache unless they are there; return the number of packages fetched."""
    if fetched(settings):
        return 0
    target = folder(settings)
    repository = Repository(settings.repository)
    try:
        target.mkdir(parents=True, exist_ok=True)
        for package in packages():
            _unpack(package, settings, repository)
    except OSError as error:
        raise disk_error(error, target) from error
    return len(packages())


def _unpack(package: Package, settings: Settings, repository: Repository) -> None:
    target = folder(settings)
    artifact = Artifact(package.group, package.artifact, package.version, "", package.sha256, package.size, "web")
    jar = target / artifact.file
    repository.fetch(artifact, jar, lambda _: None)
    with zipfile.ZipFile(jar) as archive:
        for file in package.files:
            part = target / (package.target(file) + ".part")
            part.write_bytes(archive.read(package.member(file)))
            part.replace(target / package.target(file))
    jar.unlink()


if __name__ == "__main__":
    try:
        fetch(Settings.load())
    except TwinError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(error.exit_code)
