"""Invented people of the registry, and the graph in forms that can be compared."""

from typing import Any

from graph.ingest.engine import engine
from graph.ingest.quarantine import quarantined
from graph.ingest.state import StateFolder
from graph.settings import Settings
from graph.store import Store

ANNA, BERT, CARA, CLINIC = "1234567893", "2999000005", "2999000013", "2999000021"


def person(npi: str, **more: str) -> dict[str, str]:
    """A person's row of the registry file; ``more`` names further columns, or the city."""
    city = more.pop("city", "SPRINGFIELD")
    return {
        "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
        "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
        "Healthcare Provider Taxonomy Code_1": "207R00000X", "Healthcare Provider Primary Taxonomy Switch_1": "Y",
        **more,
    }  # fmt: skip


def one(store: Store, text: str, **parameters: Any) -> dict[str, Any]:
    """The only row of a statement."""
    (row,) = store.read(text, **parameters)
    return row


def everything(store: Store) -> list[str]:
    """All nodes and relationships but those of the ledger, in a form that can be compared."""
    nodes = store.read(
        "MATCH (n) WHERE NOT n:RefreshRun AND NOT n:Source AND NOT n:Lease AND NOT n:Sequence AND NOT n:Change "
        "RETURN labels(n)[0] AS label, n {.*} AS properties"
    )
    edges = store.read(
        "MATCH (a)-[r]->(b) WHERE NOT a:RefreshRun AND NOT a:Change "
        "RETURN type(r) AS type, coalesce(a.id, a.key) AS first, b.id AS second, r {.*} AS properties"
    )
    return sorted(repr(sorted(row.items(), key=str)) for row in nodes + edges)


def counters(store: Store) -> dict[str, int]:
    """The counters that tell readers whether a write is under way."""
    return {
        row["name"]: row["value"] for row in store.read("MATCH (s:Sequence) RETURN s.name AS name, s.value AS value")
    }


def put_aside(settings: Settings, source: str | None = None) -> list[tuple[Any, ...]]:
    """(file, line, column, reason, value) of each row in quarantine."""
    folder = StateFolder(settings)
    with engine(settings) as connection:
        rows = quarantined(connection, settings.home, folder.committed, folder.load(), source)
    return [(row["file"], row["line"], row["column"], row["reason"], row["value"]) for row in rows]
