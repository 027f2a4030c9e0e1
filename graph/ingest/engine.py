"""DuckDB does the bulk work: one connection in memory with the macros that mappings and contracts use."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from graph.identity.keys import load_key, person_key
from graph.identity.mint import ID_CHARACTERS, TOKEN_CHARACTERS
from graph.schema.core import Prop
from graph.settings import Settings
from graph.stopping import interrupted_by_stop

Connection = Any
"""A DuckDB connection; the package ships types that say less than `Any`."""

SQL_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMPTZ",
    "strings": "VARCHAR[]",
    "floats": "DOUBLE[]",
    "dates": "DATE[]",
}
MEMORY = "1GB"
"""What DuckDB may hold before it spills; the job itself needs about half as much beside it."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_MACROS = (
    # Whatever order a condition is computed in: a letter is no digit, and no failure.
    """CREATE MACRO digit(text, place) AS try_cast(substr(text, place, 1) AS INTEGER)""",
    # Luhn over 80840 and the number: the prefix adds 24.
    """CREATE MACRO npi_valid(npi) AS regexp_full_match(npi, '[12]\\d{9}') AND (24 + list_sum(list_transform(
         range(1, 11), lambda i: CASE WHEN i % 2 = 0 THEN digit(npi, i)
           ELSE (2 * digit(npi, i)) // 10 + (2 * digit(npi, i)) % 10 END))) % 10 = 0""",
    # Eleven digits; labels write 4-4-2, 5-3-2 or 5-4-1 with dashes.
    """CREATE MACRO ndc11(code) AS CASE
         WHEN regexp_full_match(code, '\\d{11}') THEN code
         WHEN regexp_full_match(code, '\\d{4,5}-\\d{3,4}-\\d{1,2}') AND len(code) >= 12 THEN
           lpad(split_part(code, '-', 1), 5, '0') || lpad(split_part(code, '-', 2), 4, '0')
           || lpad(split_part(code, '-', 3), 2, '0') END""",
    # A word of a vendor's list without the vendor's ending: `Opt_In_vod`, `opt_in__v` and `Opt In` are opt_in.
    """CREATE MACRO plain_word(word) AS
         trim(regexp_replace(lower(word), '(_vod)?(__c|__v)?$|[^a-z0-9]+', '_', 'g'), '_')""",
    """CREATE MACRO keyed_hex(which, text) AS sha256(from_hex(getvariable(which || '_outer'))
         || from_hex(sha256(from_hex(getvariable(which || '_inner')) || encode(text))))""",
    f"""CREATE MACRO base32_digit(number, place) AS
         substr('{_ALPHABET}', ((number >> place) & 31)::INTEGER + 1, 1)""",
    """CREATE MACRO base32_part(number) AS base32_digit(number, 35) || base32_digit(number, 30)
         || base32_digit(number, 25) || base32_digit(number, 20) || base32_digit(number, 15)
         || base32_digit(number, 10) || base32_digit(number, 5) || base32_digit(number, 0)""",
    # Ten hexadecimal digits are eight base32 characters.
    """CREATE MACRO base32(digits, place) AS base32_part(('0x' || substr(digits, place, 10))::BIGINT)""",
)


def minted(prefix: str, text: str) -> str:
    """SQL for the id minted from the SQL text ``text``."""
    digits = f"keyed_hex('identity', {text})"
    return f"'{prefix}_' || {_base32(digits, ID_CHARACTERS)}"


def tokenised(column: str, text: str) -> str:
    """SQL for the token of a personal value."""
    digits = f"keyed_hex('person', '{column}|' || {text})"
    return f"getvariable('person_version') || ':' || {_base32(digits, TOKEN_CHARACTERS)}"


def _base32(digits: str, characters: int) -> str:
    # The repeated expression is computed once: DuckDB shares equal subexpressions.
    return " || ".join(f"base32({digits}, {1 + 10 * part})" for part in range(characters // 8))


@contextlib.contextmanager
def engine(settings: Settings) -> Iterator[Connection]:
    """A connection with macros and keys; what it spills to disk is encrypted and removed at the end."""
    spill = _spill_folder(settings.home / "state" / "spill")
    connection = duckdb.connect()
    try:
        connection.execute(f"SET temp_directory = {literal(str(spill))}")
        connection.execute(f"SET memory_limit = {literal(MEMORY)}")
        connection.execute("SET temp_file_encryption = true")
        # Its own cipher: the one it holds for safe has to be downloaded, and without either a spill would fail.
        connection.execute("SET force_mbedtls_unsafe = true")
        connection.execute("SET TimeZone = 'UTC'")
        for macro in _MACROS:
            connection.execute(macro)
        _set_keys(connection, settings)
        with interrupted_by_stop(connection.interrupt):
            yield connection
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)


def spill_folder(connection: Connection) -> Path:
    """The private folder of this engine, removed with what lies in it at its end."""
    return Path(scalar(connection, "SELECT current_setting('temp_directory')"))


@contextlib.contextmanager
def another(connection: Connection, settings: Settings) -> Iterator[Connection]:
    """A second connection to the same engine, for another thread: it shares macros, and gets the keys.

    Its temporary tables are its own.
    """
    cursor = connection.cursor()
    try:
        cursor.execute("SET TimeZone = 'UTC'")
        _set_keys(cursor, settings)
        with interrupted_by_stop(cursor.interrupt):
            yield cursor
    finally:
        cursor.close()


def _spill_folder(root: Path) -> Path:
    """A folder of this process alone; those of processes that were killed are removed."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in root.iterdir():
        if not _alive(left.name.partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=root))


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _set_keys(connection: Connection, settings: Settings) -> None:
    version, person = person_key(settings)
    connection.execute(f"SET VARIABLE person_version = {literal(version)}")
    _set_key(connection, "person", person)
    _set_key(connection, "identity", load_key(settings, "identity"))


def _set_key(connection: Connection, name: str, key: bytes) -> None:
    block = key.ljust(64, b"\0")
    for part, mask in (("inner", 0x36), ("outer", 0x5C)):
        value = bytes(byte ^ mask for byte in block).hex()
        connection.execute(f"SET VARIABLE {name}_{part} = '{value}'")


def literal(value: str) -> str:
    """A SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_type(prop: Prop) -> str:
    """The DuckDB type that holds a property."""
    return SQL_TYPES[prop.type]


def scan(paths: list[Path]) -> str:
    """SQL that reads Parquet files of one layout."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}])"


def told(error: Exception) -> str:
    """A failure of DuckDB in one line that repeats no value: what it complains about may be a person's."""
    if isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        return str(error).strip().splitlines()[0][:300]
    return type(error).__name__


def copy(connection: Connection, select: str, path: Path) -> int:
    """Write the rows of a select to a Parquet file, whole or not at all; return how many they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    rows = int(scalar(connection, f"COPY ({select}) TO {literal(str(unfinished))} (FORMAT parquet)"))
    unfinished.replace(path)
    return rows


def met(connection: Connection, table: str, conditions: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Those of the (name, SQL condition, reason) that some row of a table meets, found in one pass."""
    if not conditions:
        return []
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for _, condition, _ in conditions)
    found = connection.execute(f"SELECT {counts} FROM {quoted(table)}").fetchone()
    return [one for one, count in zip(conditions, found, strict=True) if count]


def scalar(connection: Connection, query: str, parameters: list[object] | None = None) -> Any:
    """The single value of a query."""
    row = connection.execute(query, parameters or []).fetchone()
    return None if row is None else row[0]
