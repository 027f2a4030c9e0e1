"""Runs compiled statements: one auto-commit read per operation, bounded in number and time."""

import asyncio
import datetime
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from api.errors import Unavailable
from cypher import statement
from graph.store.connection import Connection
from graph.store.lean import analytics_blocked

with analytics_blocked():
    import neo4j
    from neo4j import exceptions

PASSING = (exceptions.ServiceUnavailable, exceptions.SessionExpired, exceptions.TransientError)
BUSY = (*PASSING, exceptions.AuthError)
MOST_FAILURES = 3
TOO_MANY = "too many requests are in flight: try again in a second"
READY_SECONDS = 1.0
# As such when a setting of the server ended it, with the suffix ClientConfiguration when our own time-out did.
TIMED_OUT = "Neo.ClientError.Transaction.TransactionTimedOut"


@dataclass(frozen=True, slots=True)
class Answer:
    """The record of a statement: its values, and for each place where a rule hides cells the ids concerned.

    ``statements`` were sent until one saw no half of a refresh; ``published`` is the sequence that it saw.
    """

    data: list[Any]
    hidden: list[list[str]]
    statements: int
    published: int | None


class Engine:
    """An async driver with reused sessions.

    ``most_running`` statements run at once; others wait for at most ``wait_seconds``, beyond ``most_in_flight`` not at
    all. More at once would not be answered sooner: all would become slower until they pass the deadline together.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        most_running: int = 16,
        most_in_flight: int = 64,
        wait_seconds: float = 3.0,
        deadline_seconds: float = 10.0,
        statement_seconds: float = 9.0,
    ) -> None:
        self._most_in_flight, self._wait_seconds = most_in_flight, wait_seconds
        self._running = asyncio.Semaphore(most_running)
        self._deadline, self._statement_seconds = deadline_seconds, statement_seconds
        self._driver = neo4j.AsyncGraphDatabase.driver(
            connection.uri,
            auth=connection.auth,
            telemetry_disabled=True,
            connection_timeout=3.0,
            connection_acquisition_timeout=3.0,
            max_connection_pool_size=most_in_flight,
            notifications_min_severity="OFF",
        )
        self._idle: list[neo4j.AsyncSession] = []
        self._in_flight = 0

    async def close(self) -> None:
        """Close the connections."""
        for session in self._idle:
            await session.close()
        await self._driver.close()

    async def counters(self) -> tuple[int | None, int | None]:
        """The sequences `published` and `writing`; raise `Unavailable` when Neo4j does not tell within a second."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                record = await self._once(statement("read/counters").text, {})
        except (*BUSY, exceptions.ClientError, exceptions.DriverError, TimeoutError, OSError) as error:
            raise Unavailable("the graph does not answer: try again in a second", "graph") from error
        return record["published"], record["writing"]

    async def data_times(self) -> dict[str, datetime.date]:
        """The newest day that the data of each source speaks of; raise `Unavailable` as `counters` does."""
        try:
            async with asyncio.timeout(self._deadline):
                result = await self._driver.execute_query(
                    statement("read/sources").text, routing_=neo4j.RoutingControl.READ
                )
        except (*BUSY, exceptions.ClientError, exceptions.DriverError, TimeoutError, OSError) as error:
            raise Unavailable("the graph does not answer: try again in a second", "graph") from error
        return {row["source"]: row["data_time"].to_native() for row in result.records if row["data_time"] is not None}

    async def run(self, text: str, parameters: dict[str, Any]) -> Answer:
        """One consistent answer, read again while a refresh commits; raise `Unavailable` past the deadline."""
        if self._in_flight >= self._most_in_flight:
            raise Unavailable(TOO_MANY, "busy")
        self._in_flight += 1
        try:
            async with asyncio.timeout(self._deadline):
                await self._wait_for_a_place()
                try:
                    return await self._consistent(text, parameters)
                finally:
                    self._running.release()
        except TimeoutError as error:
            raise Unavailable("the answer took too long: ask for less or try again", "late") from error
        except BUSY as error:
            raise Unavailable("the graph does not answer: try again in a second", "graph") from error
        except exceptions.ClientError as error:
            if (error.code or "").startswith(TIMED_OUT):
                raise Unavailable("the answer took too long: ask for less or try again", "late") from error
            raise
        finally:
            self._in_flight -= 1

    async def _wait_for_a_place(self) -> None:
        try:
            async with asyncio.timeout(min(self._wait_seconds, self._deadline)):
                await self._running.acquire()
        except TimeoutError as error:
            raise Unavailable(TOO_MANY, "busy") from error

    async def _consistent(self, text: str, parameters: dict[str, Any]) -> Answer:
        statements = failures = 0
        while True:
            statements += 1
            try:
                record = await self._once(text, parameters)
            except PASSING:
                # A kept connection may have died with the server it led to: a fresh one is tried before giving up.
                failures += 1
                if failures == MOST_FAILURES:
                    raise
                await asyncio.sleep(0.05 * failures)
                continue
            if record["published"] == record["writing"]:
                return Answer(record["data"], record["hidden"], statements, record["published"])
            await asyncio.sleep(0.01)

    async def _once(self, text: str, parameters: dict[str, Any]) -> neo4j.Record:
        session = self._idle.pop() if self._idle else self._driver.session(default_access_mode=neo4j.READ_ACCESS)
        try:
            result = await session.run(neo4j.Query(text, timeout=self._statement_seconds), parameters)
            record = await result.single(strict=True)
        except BaseException:
            session.cancel()  # a session that failed or was given up half-way is not used again
            with suppress(exceptions.DriverError, exceptions.Neo4jError, OSError):
                await session.close()
            raise
        self._idle.append(session)
        return record
