"""A file whose lines end in more than one way, read as if they all ended in one; nothing of it is written to disk."""

import contextlib
import gzip
import os
import threading
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 4 * 1024 * 1024


@contextlib.contextmanager
def straightened(path: Path, folder: Path) -> Iterator[Path]:
    """A pipe in ``folder`` that yields the unpacked file with every line end a line feed; to be read once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pipe = folder / f"{os.getpid()}-{threading.get_ident()}.pipe"
    os.mkfifo(pipe, 0o600)
    writer = threading.Thread(target=_write, args=(path, pipe), daemon=True)
    writer.start()
    try:
        yield pipe
    finally:
        # A writer that nobody read from waits for a reader.
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        writer.join()
        pipe.unlink()


def _write(path: Path, pipe: Path) -> None:
    with contextlib.suppress(BrokenPipeError), pipe.open("wb") as target, _unpacked(path) as source:
        held = b""
        while chunk := source.read(_CHUNK):
            # Half a line end at the end of a chunk waits for the other half.
            chunk, held = held + chunk, b""
            if chunk.endswith(b"\r"):
                chunk, held = chunk[:-1], b"\r"
            target.write(chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        target.write(held.replace(b"\r", b"\n"))


def _unpacked(path: Path) -> contextlib.AbstractContextManager[gzip.GzipFile]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]
