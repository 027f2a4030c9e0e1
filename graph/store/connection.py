"""Where Neo4j is and how to log in: the settings' server first, else the local one that runs."""

import json
from dataclasses import dataclass, field

from graph.errors import ConfigurationError, StoreUnavailable
from graph.settings import Settings


@dataclass(frozen=True, slots=True)
class Connection:
    """A Bolt address with its credentials; the password stays out of the representation."""

    uri: str
    user: str
    password: str = field(repr=False)

    @property
    def auth(self) -> tuple[str, str]:
        return self.user, self.password


def find_connection(settings: Settings) -> Connection:
    """The server named by NEO4J_URI, else the local server; raise when neither can be used."""
    if settings.neo4j_uri is not None:
        if settings.neo4j_password is None:
            raise ConfigurationError(
                f"NEO4J_URI={settings.neo4j_uri!r} is set without a password: set NEO4J_PASSWORD_FILE or NEO4J_PASSWORD"
            )
        return Connection(settings.neo4j_uri, settings.neo4j_user, settings.neo4j_password)
    home = settings.home / "neo4j"
    try:
        status = json.loads((home / "server.json").read_text(encoding="utf-8"))
        password = (home / "password").read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise StoreUnavailable(
            f"no Neo4j: NEO4J_URI is not set and no local server runs in {str(home)!r}; run `twin neo4j start`"
        ) from error
    return Connection(status["uri"], "neo4j", password)
