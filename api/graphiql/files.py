"""Where the fetched files lie, and which they are."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from graph.settings import Settings

LOCK_FILE = Path(__file__).with_name("graphiql.lock.json")
OWN = ("page.html", "start.js", "page.css")


@dataclass(frozen=True, slots=True)
class Package:
    """One locked package and the files taken from it."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int
    files: tuple[str, ...]

    def member(self, file: str) -> str:
        """The file's name inside the package."""
        return f"META-INF/resources/webjars/{self.artifact}/{self.version}/{file}"

    def target(self, file: str) -> str:
        """The file's name where it is served: licences carry the name of their package."""
        name = Path(file).name
        return f"{self.artifact}.LICENSE" if name == "LICENSE" else name


def packages() -> tuple[Package, ...]:
    """The locked packages."""
    entries = json.loads(LOCK_FILE.read_text(encoding="utf-8"))
    return tuple(Package(**{**entry, "files": tuple(entry["files"])}) for entry in entries)


def folder(settings: Settings) -> Path:
    """Where this lock's files are kept; another lock has another folder."""
    return settings.cache / "graphiql" / hashlib.sha256(LOCK_FILE.read_bytes()).hexdigest()[:16]


def fetched(settings: Settings) -> bool:
    """Whether all files are there."""
    here = folder(settings)
    return all((here / package.target(file)).is_file() for package in packages() for file in package.files)
