"""Which tables take a file, and which take a member of an archive."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from graph.errors import SourceError
from graph.ingest.archive import Chain, members
from graph.ingest.held import Held
from graph.sources import Mapping, Table
from graph.sources.readers import READERS

HEAD = 64 * 1024
"""So much of a file is searched for what a table's `holds` asks for."""


def takers(mappings: Sequence[Mapping], name: str, path: Path | None = None) -> list[tuple[Mapping, Table]]:
    """The tables that take a file of this name; without ``path`` nobody looks into it."""
    named = [(mapping, table) for mapping in mappings for table in mapping.tables if table.files.search(name.lower())]
    if path is None or all(table.holds is None and table.reader is None for _, table in named):
        return named
    head = _head(path)
    return [(mapping, table) for mapping, table in named if _concerns(table, head)]


def _concerns(table: Table, head: bytes) -> bool:
    if table.holds is not None and not table.holds.search(head.decode("utf-8", errors="replace")):
        return False
    # A small file can be looked through; a larger one may hold anything further on.
    return table.reader is None or len(head) >= HEAD or READERS[table.reader].concerns(table, head)


def openers(mappings: Sequence[Mapping], name: str) -> list[tuple[Mapping, Table]]:
    """The tables that look for their files in an archive of this name."""
    return [
        (mapping, table)
        for mapping in mappings
        for table in mapping.tables
        if table.archives is not None and table.archives.search(name.lower())
    ]


def unpackers(mappings: Sequence[Mapping], name: str, path: Path) -> Iterator[tuple[Mapping, Table, str, Chain] | Held]:
    """The tables that take members of this archive, with the member's name and the way to it.

    An archive that cannot be used holds the sources that would open it.
    """
    opening = openers(mappings, name)
    if not opening:
        return
    try:
        chains = members(path, name)
    except SourceError as error:
        yield from (Held.by(source, error) for source in sorted({mapping.name for mapping, _ in opening}))
        return
    for chain in chains:
        inside = "/".join((name, *chain))
        for mapping, table in opening:
            if table.files.search(inside.lower()):
                yield mapping, table, inside, chain


def _head(path: Path) -> bytes:
    """The beginning of the file's content, as far as it can be read: the one that lands it says what is wrong."""
    parts: list[bytes] = []
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            while sum(map(len, parts)) < HEAD and (part := file.read1(HEAD)):
                parts.append(part)
    except (OSError, EOFError, zlib.error):
        pass
    return b"".join(parts)
