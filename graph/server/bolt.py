"""Questions to a Neo4j over Bolt that set-up needs: is it up, which versions, the first password."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from graph.errors import ServerError, StoreUnavailable
from graph.store.lean import analytics_blocked

with analytics_blocked():
    import neo4j
    from neo4j import exceptions

FIRST_PASSWORD = "neo4j"  # noqa: S105 - what every new Neo4j starts with; replaced before anything is stored
KERNEL_VERSION = """
CALL dbms.components() YIELD name, versions
WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version
"""
NOT_YET = (exceptions.ServiceUnavailable, exceptions.SessionExpired, OSError)


@dataclass(frozen=True, slots=True)
class Versions:
    """What a server says of itself; ``gds`` is ``None`` when graph data science is not installed."""

    neo4j: str
    gds: str | None


def ask_versions(uri: str, user: str, password: str) -> Versions:
    """The versions of the server; raise `StoreUnavailable` when it does not answer or refuses the password."""
    with _driver(uri, user, password) as driver:
        try:
            with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
                kernel = session.run(KERNEL_VERSION).single(strict=True)
                return Versions(str(kernel["version"]), _gds_version(session))
        except (*NOT_YET, exceptions.Neo4jError) as error:
            raise StoreUnavailable(_explain(uri, error)) from error


def is_up(uri: str) -> bool:
    """Whether Bolt answers, whatever it thinks of our credentials."""
    with _driver(uri, "", "") as driver:
        try:
            driver.verify_connectivity()
        except exceptions.Neo4jError:
            return True
        except (*NOT_YET, exceptions.DriverError):
            return False
    return True


def settle_password(uri: str, user: str, password: str, *, may_be_first: bool) -> None:
    """Make sure that the password is valid; raise `ServerError`.

    ``may_be_first``: the server may still have the password of every new Neo4j, which is then replaced.
    """
    if may_be_first and _replace_first_password(uri, user, password):
        return
    with _driver(uri, user, password) as driver:
        try:
            driver.verify_connectivity()
        except exceptions.AuthError as error:
            raise ServerError(
                f"the server at {uri!r} refuses the password in its password file: put the right file back, "
                "or delete the server's folder with all its data and start again"
            ) from error
        except NOT_YET as error:
            raise ServerError(_explain(uri, error)) from error


def _replace_first_password(uri: str, user: str, password: str) -> bool:
    """Set the password if the first one is still in force; say whether it was."""
    with _driver(uri, user, FIRST_PASSWORD) as driver:
        try:
            driver.execute_query(
                "ALTER CURRENT USER SET PASSWORD FROM $first TO $password",
                first=FIRST_PASSWORD,
                password=password,
                database_="system",
            )
        except exceptions.AuthError:
            return False
        except (*NOT_YET, exceptions.Neo4jError) as error:
            raise ServerError(f"the first password of {uri!r} could not be replaced ({_name(error)})") from error
    return True


def _gds_version(session: neo4j.Session) -> str | None:
    try:
        return str(session.run("RETURN gds.version() AS version").single(strict=True)["version"])
    except exceptions.ClientError:
        return None


@contextmanager
def _driver(uri: str, user: str, password: str) -> Iterator[neo4j.Driver]:
    driver = neo4j.GraphDatabase.driver(
        uri,
        auth=(user, password),
        telemetry_disabled=True,
        connection_timeout=5.0,
        connection_acquisition_timeout=5.0,
        max_transaction_retry_time=0.0,
        notifications_min_severity="OFF",
    )
    with driver:
        yield driver


def _explain(uri: str, error: Exception) -> str:
    if isinstance(error, exceptions.AuthError):
        return f"Neo4j at {uri!r} refuses the credentials: check NEO4J_USER and NEO4J_PASSWORD_FILE"
    return f"Neo4j at {uri!r} does not answer ({_name(error)}): check that it runs and can be reached"


def _name(error: Exception) -> str:
    code = getattr(error, "code", None)
    return str(code) if code else type(error).__name__
