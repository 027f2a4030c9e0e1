"""The floor: the plain driver sends recorded rows as lists of lists, 10,000 to a transaction, and does nothing else."""

from __future__ import annotations

import time
from typing import Any

import neo4j

from bench.recorded import Recording
from graph.store.connection import Connection

ROWS_PER_TRANSACTION = 10_000


def send(connection: Connection, recording: Recording) -> float:
    """Send all rows; return the seconds in which the driver and the server had work, without reading the recording."""
    seconds = 0.0
    with (
        neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as driver,
        driver.session() as session,
    ):
        for text, rows in recording.read():
            started = time.monotonic()
            for at in range(0, len(rows), ROWS_PER_TRANSACTION):
                session.execute_write(_write, text, rows[at : at + ROWS_PER_TRANSACTION])
            seconds += time.monotonic() - started
    return seconds


def merged(text: str) -> str:
    """The same statement for rows that may be there: what a load without a memory of the last one has to send."""
    return text.replace("\nCREATE ", "\nMERGE ")


def _write(transaction: neo4j.ManagedTransaction, text: str, rows: list[Any]) -> None:
    transaction.run(text, rows=rows).consume()
