"""The floor: the plain driver sends recorded rows as lists of lists, 10,000 to a transaction, and does nothing else."""

from __future__ import annotations

import re
import time
from typing import Any

import neo4j

from bench.recorded import Recording
from graph.schema.catalogue import node_type, rel_type
from graph.store.connection import Connection

ROWS_PER_TRANSACTION = 10_000
NODE = re.compile(r"CREATE \(:`(?P<label>\w+)` \{(?P<map>[^}]*)\}\)(?P<of>-\[:`OF`\]->\(entity\))?")
EDGE = re.compile(r"CREATE \(first\)-\[:`(?P<type>\w+)`(?: \{(?P<map>[^}]*)\})?\]->\(second\)")
PAIR = re.compile(r"`(?P<name>\w+)`: (?P<value>row\[\d+\])")


def send(connection: Connection, recording: Recording, *, merge: bool = False) -> float:
    """Send all rows; return the seconds in which the driver and the server had work, without reading the recording.

    With ``merge`` the rows may be there already, and the twin's own log is left out: it is no part of a plain load.
    """
    seconds = 0.0
    with (
        neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as driver,
        driver.session() as session,
    ):
        for text, rows in recording.read():
            if merge and "`Change`" in text:
                continue
            sent = merged(text) if merge else text
            started = time.monotonic()
            for at in range(0, len(rows), ROWS_PER_TRANSACTION):
                session.execute_write(_write, sent, rows[at : at + ROWS_PER_TRANSACTION])
            seconds += time.monotonic() - started
    return seconds


def merged(text: str) -> str:
    """The same statement for rows that may be there: MERGE on the key, then SET of all the rest."""
    if match := NODE.search(text):
        key = "key" if match["label"] == "Identifier" else node_type(match["label"]).key
        of = " MERGE (it)-[:`OF`]->(entity)" if match["of"] else ""
        merge = f"MERGE (it:`{match['label']}` {{{_keyed(match['map'], (key,))}}}){_set(match['map'], (key,))}{of}"
        return text[: match.start()] + merge + text[match.end() :]
    if match := EDGE.search(text):
        keys, given = rel_type(match["type"]).key, match["map"] or ""
        keyed = f" {{{_keyed(given, keys)}}}" if keys else ""
        merge = f"MERGE (first)-[it:`{match['type']}`{keyed}]->(second){_set(given, keys)}"
        return text[: match.start()] + merge + text[match.end() :]
    return text


def _keyed(given: str, keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{pair['name']}`: {pair['value']}" for pair in PAIR.finditer(given) if pair["name"] in keys)


def _set(given: str, keys: tuple[str, ...]) -> str:
    rest = [f"it.`{pair['name']}` = {pair['value']}" for pair in PAIR.finditer(given) if pair["name"] not in keys]
    return f" SET {', '.join(rest)}" if rest else ""


def _write(transaction: neo4j.ManagedTransaction, text: str, rows: list[Any]) -> None:
    transaction.run(text, rows=rows).consume()
