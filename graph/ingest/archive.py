"""Zip files, and zip files inside them: their members are listed, read and unpacked without being trusted.

Nothing is unpacked under a member's own name, so no path leads out of the folder. An archive with a member that tries
to, an encrypted or a broken one, and one deeper than `DEPTH` are refused; so is reading a member that unpacks to more
than `RATIO` times its size.
"""

import contextlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from graph.errors import SourceError

DEPTH = 2
RATIO = 100
SMALL = 1024 * 1024
"""Unpacked bytes that do no harm whatever they were packed to."""
Chain = tuple[str, ...]
"""The names that lead to a member: one in each archive, the outermost first."""
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def members(path: Path, name: str) -> list[Chain]:
    """Every file in the archive, those of archives inside it included; raise `SourceError` when it cannot be used."""
    with _readable(name), path.open("rb") as file:
        return list(_members(file, (), name))


def _members(file: IO[bytes], above: Chain, name: str) -> Iterator[Chain]:
    with zipfile.ZipFile(file) as archive:
        for info in sorted(archive.infolist(), key=lambda one: one.filename):
            _check_name(info, name)
            if info.is_dir() or Path(info.filename).name.startswith("."):
                continue
            chain = (*above, info.filename)
            if not info.filename.lower().endswith(".zip"):
                yield chain
            elif len(chain) >= DEPTH:
                raise SourceError(f"archive {name!r} is nested deeper than {DEPTH}: deliver it less packed")
            else:
                _check_size(info, name)
                with archive.open(info) as inner:
                    yield from _members(inner, chain, name)


def _check_name(info: zipfile.ZipInfo, name: str) -> None:
    if info.filename.startswith(("/", "\\")) or ".." in Path(info.filename.replace("\\", "/")).parts:
        raise SourceError(f"archive {name!r} has a member {info.filename!r} that leads out of it: deliver it anew")
    if info.flag_bits & 1:
        raise SourceError(f"archive {name!r} has an encrypted member {info.filename!r}: deliver it without a password")


def _check_size(info: zipfile.ZipInfo, name: str) -> None:
    if info.file_size > max(SMALL, RATIO * info.compress_size):
        raise SourceError(
            f"archive {name!r}: member {info.filename!r} unpacks to {info.file_size} bytes from {info.compress_size}, "
            f"more than {RATIO} times: deliver it as a plain file"
        )


@contextlib.contextmanager
def opened(path: Path, chain: Chain, name: str) -> Iterator[IO[bytes]]:
    """A file, or the member of an archive that ``chain`` leads to, open for reading."""
    # Damage inside a member shows only while it is read.
    with _readable(name), contextlib.ExitStack() as stack:
        file: IO[bytes] = stack.enter_context(path.open("rb"))
        for part in chain:
            archive = stack.enter_context(zipfile.ZipFile(file))
            info = archive.getinfo(part)
            _check_size(info, name)
            file = stack.enter_context(archive.open(info))
        yield file


@contextlib.contextmanager
def unpacked(path: Path, chain: Chain, name: str, folder: Path) -> Iterator[Path]:
    """A path to read from: the file itself, or a private copy of the member that is removed afterwards."""
    if not chain:
        yield path
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Only the ending counts for a reader; the name is not the archive's to choose.
    ending = "".join(Path(chain[-1]).suffixes[-2:]) if chain[-1].endswith(".gz") else Path(chain[-1]).suffix
    with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=folder) as private:
        copy = Path(private) / f"member{ending}"
        with opened(path, chain, name) as file, copy.open("wb") as target:
            shutil.copyfileobj(file, target, 1024 * 1024)
        yield copy


@contextlib.contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise SourceError(f"archive {name!r} has no member {error.args[0]!r}: deliver it again") from error
    except _BROKEN as error:
        raise SourceError(f"archive {name!r} cannot be opened ({type(error).__name__}): deliver it again") from error
