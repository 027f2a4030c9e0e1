"""What is written down about a running server and about its store, as small JSON files."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.errors import ServerError


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """Who serves a home. ``version`` and ``gds`` are ``None`` until the server has answered."""

    pid: int
    started: str
    profile: str
    uri: str
    http: str | None
    user: str
    password_file: str
    java: str
    version: str | None = None
    gds: str | None = None


@dataclass(frozen=True, slots=True)
class StoreRecord:
    """Which Neo4j wrote the data last, and whether the first password was replaced."""

    neo4j: str
    password_set: bool


def write(file: Path, record: ServerRecord | StoreRecord) -> None:
    """Replace the file in one step: a reader sees the old record or the new one."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
    part.chmod(0o600)
    part.replace(file)


def read_server(file: Path) -> ServerRecord | None:
    """The record, or ``None`` when there is none that can be read: then nothing is known to run."""
    try:
        return ServerRecord(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def read_store(file: Path) -> StoreRecord | None:
    """The record, or ``None`` when there is none; raise `ServerError` when it is damaged."""
    try:
        return StoreRecord(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ServerError(
            f"{str(file)!r} cannot be read ({error}): put it back, or delete the folder beside it"
        ) from error
