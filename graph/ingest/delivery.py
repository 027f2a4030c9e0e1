"""Deliveries: dated folders of files, or one folder that is itself a delivery."""

import datetime
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import SourceError
from graph.sources import Mapping, Table

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a table of a mapping takes; ``name`` is its path inside the delivery."""

    source: str
    table: Table
    path: Path
    name: str
    sha256: str | None
    rows: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrived on a date."""

    date: datetime.date
    files: tuple[Found, ...]


def discover(folder: Path, mappings: Iterable[Mapping], *, as_of: datetime.date | None = None) -> tuple[Delivery, ...]:
    """The deliveries in ``folder`` up to ``as_of``, oldest first; raise `SourceError` when it holds none.

    Dated subfolders are one delivery each. Otherwise the folder is one delivery, dated by its name, else by
    ``as_of``, else by the newest file that a mapping takes.
    """
    if not folder.is_dir():
        raise SourceError(f"no deliveries in {str(folder)!r}: name a folder that exists")
    known = tuple(mappings)
    dated = sorted(path for path in folder.iterdir() if path.is_dir() and _DATED.fullmatch(path.name))
    if dated:
        deliveries = [Delivery(_date(path), _files(path, known)) for path in dated]
    else:
        files = _files(folder, known)
        deliveries = [Delivery(_date_of_one(folder, files, as_of), files)] if files else []
    chosen = tuple(one for one in deliveries if one.files and (as_of is None or one.date <= as_of))
    if not chosen:
        until = "" if as_of is None else f" up to {as_of.isoformat()}"
        names = ", ".join(mapping.name for mapping in known)
        raise SourceError(f"{str(folder)!r} holds no file{until} that a mapping takes (tried {names}): see `--source`")
    return chosen


def _date(path: Path) -> datetime.date:
    try:
        return datetime.date.fromisoformat(path.name)
    except ValueError as error:
        raise SourceError(f"delivery folder {path.name!r} is not a date: {error}") from error


def _date_of_one(folder: Path, files: tuple[Found, ...], as_of: datetime.date | None) -> datetime.date:
    if _DATED.fullmatch(folder.name):
        return _date(folder)
    if as_of is not None:
        return as_of
    newest = max(found.path.stat().st_mtime for found in files)
    return datetime.datetime.fromtimestamp(newest, datetime.UTC).date()


def _files(folder: Path, mappings: tuple[Mapping, ...]) -> tuple[Found, ...]:
    listed = _manifest(folder)
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        name = path.relative_to(folder).as_posix()
        entry = listed.get(name, {})
        for mapping in mappings:
            for table in mapping.tables:
                if table.files.search(name.lower()):
                    complete = bool(entry.get("complete", mapping.kind == "snapshot"))
                    found.append(
                        Found(mapping.name, table, path, name, entry.get("sha256"), entry.get("rows"), complete)
                    )
    missing = sorted(set(listed) - {path.relative_to(folder).as_posix() for path in folder.rglob("*")})
    if missing:
        raise SourceError(f"delivery {folder.name!r} lacks {missing[0]!r} that its manifest lists: deliver it again")
    return tuple(found)


def _manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Entries of ``manifest.json`` by path; none without a manifest."""
    path = folder / "manifest.json"
    if not path.exists():
        return {}
    try:
        return {entry["path"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))["files"]}
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"manifest of delivery {folder.name!r} cannot be read: {type(error).__name__}") from error
