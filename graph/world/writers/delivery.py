"""A delivery: a dated folder of feed files and the manifest that describes them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import numpy as np

from graph.world.arrays import Integers

LINES_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class File:
    """One file of a delivery, as the manifest lists it."""

    path: str
    feed: str
    rows: int | None
    """None for documents, whose records are not lines."""
    complete: bool
    """True: the whole of what is known, what is missing has ended. False: changes only."""
    sha256: str


class Sink:
    """Lines on their way into a file: gathered, counted and summed."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._encoding = file, encoding
        self._waiting: list[str] = []
        self.digest, self.lines = sha256(), 0

    def write(self, line: str) -> None:
        """Add a line, given without its end."""
        self._waiting.append(line)
        self.lines += 1
        if len(self._waiting) >= LINES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if self._waiting:
            content = ("\n".join(self._waiting) + "\n").encode(self._encoding)
            self.digest.update(content)
            self._file.write(content)
            self._waiting.clear()


@dataclass
class Delivery:
    """Collects the files of one delivery date and writes the manifest last."""

    folder: Path
    date: str
    files: list[File] = field(default_factory=list)

    def add(
        self,
        feed: str,
        name: str,
        lines: Iterable[str],
        *,
        header: bool,
        complete: bool,
        encoding: str = "utf-8",
        documents: bool = False,
    ) -> None:
        """Write `lines` (without line ends) to `feed/name` as they come; with `header` the first is no row."""
        source = iter(lines)
        first = next(source, None) if header else None
        with self.open(feed, name, first, complete=complete, encoding=encoding, documents=documents) as sink:
            for line in source:
                sink.write(line)

    def add_bytes(self, feed: str, name: str, content: bytes, *, complete: bool) -> None:
        """Write a file that is no text; its rows are not counted."""
        target = self.folder / feed / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.files.append(File(f"{feed}/{name}", feed, None, complete, sha256(content).hexdigest()))

    @contextmanager
    def open(
        self,
        feed: str,
        name: str,
        header: str | None,
        *,
        complete: bool,
        encoding: str = "utf-8",
        documents: bool = False,
    ) -> Iterator["Sink"]:
        """A file to write line by line; it joins the manifest when the block ends."""
        target = self.folder / feed / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            sink = Sink(file, encoding)
            if header is not None:
                sink.write(header)
            yield sink
            sink.flush()
        rows = None if documents else sink.lines - int(header is not None)
        self.files.append(File(f"{feed}/{name}", feed, rows, complete, sink.digest.hexdigest()))

    def close(self) -> None:
        """Write `manifest.json`: its presence says that the delivery is whole."""
        manifest = {
            "delivery": self.date,
            "files": [
                {
                    "path": file.path,
                    "feed": file.feed,
                    "rows": file.rows,
                    "complete": file.complete,
                    "sha256": file.sha256,
                }
                for file in sorted(self.files, key=lambda file: file.path)
            ],
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(manifest, indent=2) + "\n"
        (self.folder / "manifest.json").write_text(text, encoding="utf-8")


def window(day: Integers, after: int, until: int) -> list[int]:
    """Places of what happened after one day and up to another."""
    return [int(one) for one in np.flatnonzero((day > after) & (day <= until))]


def cell(text: str) -> str:
    """A value as CSV needs it: quoted where it holds a comma or a quotation mark."""
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def row(values: Sequence[object], separator: str = ",") -> str:
    """One line of values that need no quoting; None is empty."""
    return separator.join("" if value is None else str(value) for value in values)


def quoted(values: Iterable[str]) -> str:
    """One CSV line with every value in quotes, as CMS writes its large files."""
    return ",".join('"' + value.replace('"', '""') + '"' for value in values)
