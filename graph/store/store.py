"""Reads and writes with a deadline on both sides.

A text is the name of a file in `cypher/` (``read/hcp_peers``), or a statement derived from the declaration.
Values travel as parameters only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cypher import statement
from graph.errors import LoginRefused, StoreBusy, StoreUnavailable
from graph.failpoint import failpoint
from graph.store.connection import Connection, find_connection
from graph.store.lean import analytics_blocked

with analytics_blocked():
    import neo4j
    from neo4j import exceptions

if TYPE_CHECKING:
    from graph.settings import Settings
    from graph.store.fence import Fence

Result = TypeVar("Result")
Row = dict[str, Any]
ENDED = ("Neo.ClientError.Transaction.TransactionTimedOut", "Neo.ClientError.Transaction.LockClientStopped")
"""How Neo4j tells that a transaction ran out of its time, the second while it waited for a lock."""
REFUSED = exceptions.Neo4jError
"""What Neo4j answers when it does not do what it is told."""
UNREACHABLE = (exceptions.ServiceUnavailable, exceptions.SessionExpired)


def text_of(name_or_text: str) -> str:
    """The Cypher behind a file name such as ``read/hcp_peers``; a text with a space is itself."""
    return name_or_text if " " in name_or_text else statement(name_or_text).text


def is_passing(error: exceptions.Neo4jError) -> bool:
    """True when the same transaction may go through when it is tried again."""
    return error.is_retryable() or str(error.code).startswith(ENDED)


class Work:
    """What may be done inside one write transaction."""

    def __init__(self, transaction: neo4j.ManagedTransaction | neo4j.Transaction) -> None:
        self._transaction = transaction

    def run(self, name_or_text: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Run one statement and return its rows."""
        text = text_of(name_or_text)
        return [record.data() for record in self._transaction.run(text, dict(parameters or {}))]

    def values(self, name_or_text: str, parameters: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """Run one statement and return its rows as lists, in the order of its columns.

        `run` goes through every value in search of nodes, which for a million values takes longer than reading them.
        """
        return self._transaction.run(text_of(name_or_text), dict(parameters or {})).values()


class Store:
    """One Neo4j database. Close it, or use it as a context manager."""

    def __init__(self, connection: Connection, *, timeout_seconds: float = 120.0) -> None:
        self.connection = connection
        self.fence: Fence | None = None
        self._timeout = timeout_seconds
        self._driver = neo4j.GraphDatabase.driver(
            connection.uri,
            auth=connection.auth,
            telemetry_disabled=True,
            connection_timeout=5.0,
            connection_acquisition_timeout=10.0,
            max_transaction_retry_time=15.0,
            notifications_min_severity="OFF",
        )

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def check(self) -> None:
        """Raise `StoreUnavailable` unless Neo4j answers."""
        with self._translated():
            self._driver.verify_connectivity()

    def read(self, name_or_text: str, /, **parameters: Any) -> list[Row]:
        """Run one reading statement; Neo4j refuses it when it writes."""
        query = neo4j.Query(text_of(name_or_text), timeout=self._timeout)
        with self._translated(), self._driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            return [record.data() for record in session.run(query, parameters)]

    def write(self, name_or_text: str, /, **parameters: Any) -> list[Row]:
        """Run one writing statement in a transaction of its own."""
        return self.transact(lambda work: work.run(name_or_text, parameters))

    def transact(
        self, do: Callable[[Work], Result], *, fenced: bool = True, timeout_seconds: float | None = None
    ) -> Result:
        """Run ``do`` in one write transaction: all of it or nothing.

        Within `fenced` the transaction holds the lease and is refused when another has taken it over. Not retried:
        after a lost answer to a commit the caller reads its mark back (`graph.ingest.commit`).
        """
        with self._translated(), self._driver.session() as session:
            transaction = session.begin_transaction(timeout=timeout_seconds or self._timeout)
            with transaction:
                work = Work(transaction)
                if fenced and self.fence is not None:
                    self.fence.hold(work)
                    failpoint("apply.fenced")
                result = do(work)
                if fenced and self.fence is not None:
                    # Renewed once more: nobody could renew it beside the lock of this transaction.
                    self.fence.hold(work)
                transaction.commit()
            return result

    @contextmanager
    def fenced(self, fence: Fence) -> Iterator[None]:
        """Within the block every write holds this lease."""
        before, self.fence = self.fence, fence
        try:
            yield
        finally:
            self.fence = before

    def run_schema(self, text: str) -> None:
        """Run a schema statement (constraint or index), which Neo4j wants in a transaction of its own."""
        with self._translated(), self._driver.session() as session:
            session.run(text).consume()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except exceptions.AuthError as error:
            raise LoginRefused(
                f"Neo4j at {self.connection.uri!r} refuses the login of user {self.connection.user!r}: "
                "check NEO4J_USER and NEO4J_PASSWORD_FILE; without NEO4J_URI run `twin neo4j status`"
            ) from error
        except UNREACHABLE as error:
            raise StoreUnavailable(
                f"Neo4j at {self.connection.uri!r} does not answer ({type(error).__name__}): "
                "run `twin neo4j status`, then `twin doctor`"
            ) from error
        except exceptions.Neo4jError as error:
            if not is_passing(error):
                raise
            raise StoreBusy(
                f"Neo4j at {self.connection.uri!r} ended a transaction ({error.code}): try again, or see what else "
                "it is doing"
            ) from error


def open_store(settings: Settings, *, timeout_seconds: float = 120.0) -> Store:
    """Connect to the settings' Neo4j, or to the local one; raise when it does not answer."""
    store = Store(find_connection(settings), timeout_seconds=timeout_seconds)
    try:
        store.check()
    except BaseException:
        store.close()
        raise
    return store
