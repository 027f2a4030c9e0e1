"""Originals of quarantined rows: sealed with a key of their own beside the quarantine, and swept after thirty days.

A sealed file is frames of compressed JSON lines, each AES-256-GCM with a random nonce, bound to its file and place, and
a last empty frame that proves that none is missing.
"""

import json
import os
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from graph.errors import SourceError
from graph.identity.keys import load_key
from graph.ingest.csvfile import Layout
from graph.ingest.engine import Connection, quoted
from graph.settings import Settings

KEPT_DAYS = 30
ENDING = ".sealed"
RETRIED = ".retry-"
"""In the name of what a retry made of a landed file and its quarantine."""
_MAGIC = b"twin-sealed-1\n"
_ROWS = 1_000
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Original:
    """A quarantined row as it was delivered.

    ``cells`` has the texts of each column of the contract, ``others`` those of columns that an unpivoted table takes
    by their title; ``record`` is the whole record where it could not be split into cells.
    """

    line: int
    cells: dict[str, list[str | None]]
    others: dict[str, str | None]
    record: str | None = None

    def shown(self) -> dict[str, Any]:
        """The original by column, for people who may see it."""
        if self.record is not None:
            return {"record": self.record}
        one = {name: texts[0] if len(texts) == 1 else texts for name, texts in self.cells.items()}
        return one | {name: text for name, text in self.others.items() if text}


def sealed_beside(quarantine: Path) -> Path:
    """The file of originals that belongs to a quarantine file, or to what is left of one after a retry."""
    return quarantine.with_name(quarantine.name.removesuffix(".parquet").partition(RETRIED)[0] + ENDING)


def seal(connection: Connection, settings: Settings, path: Path, shape: Layout) -> None:
    """Write the originals of the rows in `put_aside` to ``path``, whole or not at all; no file when there are none."""
    unfinished = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    box = AESGCM(load_key(settings, "quarantine"))
    with unfinished.open("wb") as file:
        unfinished.chmod(0o600)
        file.write(_MAGIC)
        frames = 0
        for frames, rows in enumerate(_rows(connection, shape), start=1):
            text = "\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows)
            _write(file, box, zlib.compress(text.encode("ascii"), 6), _bound(path.name, frames - 1))
        _write(file, box, b"", _bound(path.name, frames, last=True))
    if frames:
        unfinished.replace(path)
    else:
        unfinished.unlink()


def unseal(settings: Settings, path: Path) -> Iterator[Original]:
    """The originals in a sealed file; raise `SourceError` when it is damaged or sealed with another key."""
    box = AESGCM(load_key(settings, "quarantine"))
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise InvalidTag
            frames = 0
            while (sealed := _read(file)) is not None:
                if len(sealed) == _NONCE + 16:
                    box.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(path.name, frames, last=True))
                    return
                text = box.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(path.name, frames))
                frames += 1
                for row in zlib.decompress(text).decode("ascii").split("\n"):
                    yield Original(**json.loads(row))
        raise InvalidTag
    except (InvalidTag, zlib.error, struct.error) as error:
        raise SourceError(
            f"originals {path.name!r} are damaged, or sealed with another key than keys/quarantine.key: restore both "
            "from one backup"
        ) from error


def sweep(home: Path, *, now: float | None = None) -> int:
    """Remove originals that are older than `KEPT_DAYS`; return how many files went."""
    oldest = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    gone = 0
    for path in (home / "quarantine").rglob(f"*{ENDING}*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _rows(connection: Connection, shape: Layout) -> Iterator[list[dict[str, Any]]]:
    have = {row[0] for row in connection.execute("DESCRIBE raw").fetchall()}
    wanted = sorted({at for places in shape.positions.values() for at in places} | set(shape.others.values()))
    places = {at: index for index, at in enumerate((at for at in wanted if f"c{at}" in have), start=1)}
    picked = "".join(f", {quoted(f'c{at}')}" for at in places)
    connection.execute(f"SELECT _line{picked} FROM raw WHERE _line IN (SELECT _line FROM put_aside) ORDER BY _line")
    while rows := connection.fetchmany(_ROWS):
        yield [
            {
                "line": row[0],
                "cells": {name: [row[places[at]] for at in held] for name, held in shape.positions.items() if held},
                "others": {title: row[places[at]] for title, at in shape.others.items() if at in places},
            }
            for row in rows
        ]
    connection.execute("SELECT _line, original FROM unreadable WHERE original IS NOT NULL ORDER BY _line")
    while rows := connection.fetchmany(_ROWS):
        yield [{"line": line, "cells": {}, "others": {}, "record": record} for line, record in rows]


def _bound(name: str, frame: int, *, last: bool = False) -> bytes:
    return f"{name}|{frame}|{'end' if last else 'rows'}".encode()


def _write(file: Any, box: AESGCM, text: bytes, bound: bytes) -> None:
    nonce = os.urandom(_NONCE)
    sealed = nonce + box.encrypt(nonce, text, bound)
    file.write(struct.pack(">I", len(sealed)) + sealed)


def _read(file: Any) -> bytes | None:
    head = file.read(4)
    if not head:
        return None
    (size,) = struct.unpack(">I", head)
    return bytes(file.read(size))
