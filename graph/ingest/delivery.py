"""Deliveries: dated folders of files, or one folder that is itself a delivery."""

import datetime
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.errors import SourceError
from graph.ingest.held import Held
from graph.ingest.takers import openers, takers, unpackers
from graph.sources import Mapping, Table

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that a table of a mapping takes; ``name`` is its path inside the delivery.

    ``members`` leads to it inside an archive; ``name`` is then the archive's path and theirs, and what the manifest
    tells is told of the archive.
    """

    source: str
    table: Table
    path: Path
    name: str
    sha256: str | None
    rows: int | None
    complete: bool
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrived on a date. ``held`` are the sources of which it is known beforehand that it is not whole."""

    date: datetime.date
    files: tuple[Found, ...]
    held: tuple[Held, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that it has files of, or should have."""
        return tuple(sorted({one.source for one in self.files} | {one.source for one in self.held}))


def discover(folder: Path, mappings: Iterable[Mapping], *, as_of: datetime.date | None = None) -> tuple[Delivery, ...]:
    """The deliveries in ``folder`` up to ``as_of``, oldest first; raise `SourceError` when it holds none.

    Dated subfolders are one delivery each. Otherwise the folder is one delivery, dated by its name, else by its
    manifest, else by ``as_of``, else by the newest file that a mapping takes.
    """
    if not folder.is_dir():
        raise SourceError(f"no deliveries in {str(folder)!r}: name a folder that exists")
    known = tuple(mappings)
    dated = sorted(path for path in folder.iterdir() if path.is_dir() and _DATED.fullmatch(path.name))
    if dated:
        deliveries = [Delivery(_date(path), *_files(path, known)) for path in dated]
    else:
        files, held = _files(folder, known)
        deliveries = [Delivery(_date_of_one(folder, files, as_of), files, held)] if files else []
    chosen = tuple(one for one in deliveries if one.sources and (as_of is None or one.date <= as_of))
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
    told = _told_date(folder / "manifest.json")
    if told is not None:
        return told
    if as_of is not None:
        return as_of
    newest = max(found.path.stat().st_mtime for found in files)
    return datetime.datetime.fromtimestamp(newest, datetime.UTC).date()


def _told_date(manifest: Path) -> datetime.date | None:
    """The ``delivery`` of a manifest; one that cannot be read is told of where its files are listed."""
    try:
        return datetime.date.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["delivery"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(folder: Path, mappings: tuple[Mapping, ...]) -> tuple[tuple[Found, ...], tuple[Held, ...]]:
    """The files that mappings take, and the sources that lack one which the manifest lists.

    A snapshot is complete only where the manifest says so: without that proof no row is missed.
    """
    listed, damage = _manifest(folder)
    names = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    found: list[Found] = []
    held: dict[str, Held] = {}
    for name, path in names.items():
        if path.name.startswith("."):
            continue
        entry = listed.get(name, {})
        complete = entry.get("complete") is True
        for one in unpackers(mappings, name, path):
            if isinstance(one, Held):
                held.setdefault(one.source, one)
                continue
            mapping, table, inside, members = one
            found.append(Found(mapping.name, table, path, inside, entry.get("sha256"), None, complete, members))
            if damage is not None:
                held[mapping.name] = Held(mapping.name, damage)
        for mapping, table in takers(mappings, name, path):
            found.append(Found(mapping.name, table, path, name, entry.get("sha256"), entry.get("rows"), complete))
            if damage is not None:
                held[mapping.name] = Held(mapping.name, damage)
            if not name.isprintable() or "|" in name:
                # Lineage and the ledger join names by bars, in one line.
                held[mapping.name] = Held(mapping.name, f"file {name!r} has a bar or a control character: rename it")
    for name in sorted(set(listed) - set(names)):
        reason = f"delivery {folder.name!r} lacks {name!r} that its manifest lists: deliver it again"
        for source in {mapping.name for mapping, _ in (*takers(mappings, name), *openers(mappings, name))}:
            held.setdefault(source, Held(source, reason))
    return tuple(found), tuple(held.values())


def _manifest(folder: Path) -> tuple[dict[str, dict[str, Any]], str | None]:
    """Entries of ``manifest.json`` by path, none without a manifest; and what is wrong with it, if anything."""
    path = folder / "manifest.json"
    if not path.exists():
        return {}, None
    try:
        listed = {entry["path"]: dict(entry) for entry in json.loads(path.read_text(encoding="utf-8"))["files"]}
        if not all(isinstance(entry.get("sha256") or "", str) for entry in listed.values()):
            raise ValueError("a checksum is no text")
        return listed, None
    except (ValueError, KeyError, TypeError) as error:
        return {}, f"manifest of delivery {folder.name!r} cannot be read ({type(error).__name__}): deliver it again"
