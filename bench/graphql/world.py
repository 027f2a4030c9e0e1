"""The graph of the comparison: the sample world, loaded once and kept, every HCP with five affiliations."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.jobs import refresh_job
from bench.twins import build_world, settings_of
from graph.server.local import LocalServer
from graph.settings import Settings
from graph.store import Store, open_store

TERRITORIES = 12
LOADED = "MATCH (:Sequence {name: 'published'}) RETURN COUNT { (:HCP) } AS hcps"
# The world gives an HCP one or two accounts; the comparison asks for five. Chosen by position: every run has the same.
FILL = """
MATCH (account:Account) WITH account ORDER BY account.id WITH collect(account) AS accounts
MATCH (hcp:HCP) WITH accounts, hcp ORDER BY hcp.id WITH accounts, collect(hcp) AS hcps
UNWIND range(0, size(hcps) - 1) AS i
WITH accounts, i, hcps[i] AS hcp
WITH hcp, 5 - COUNT { (hcp)-[:AFFILIATED_WITH]->(:Account) } AS missing,
  [k IN range(0, 9) | accounts[(i * 7 + k * 13) % size(accounts)]] AS candidates
WITH hcp, [a IN candidates WHERE NOT EXISTS { (hcp)-[:AFFILIATED_WITH]->(a) }][0..missing] AS more
UNWIND more AS account
MERGE (hcp)-[:AFFILIATED_WITH]->(account)
"""


def options(about: str | None) -> argparse.ArgumentParser:
    """The options that all measurements on this world share."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--hcps", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--folder", type=Path, help="where world and store are kept; by default the user's cache")
    parser.add_argument("--home", type=Path, help="a TWIN_HOME whose store holds the world already")
    return parser


@contextmanager
def loaded(chosen: argparse.Namespace) -> Iterator[tuple[Settings, Store]]:
    """Settings and store of the world on a running server; a store that holds it is used as it is. A server that ran
    before goes on running."""
    folder = chosen.folder or settings_of(Path.home()).cache / "bench"
    home = (chosen.home or folder / f"home-{chosen.hcps}-{chosen.months}").absolute()
    settings = settings_of(home)
    server = LocalServer(settings)
    running = server.status().running
    server.start()
    try:
        with open_store(settings) as store:
            if not store.read(LOADED) or store.read(LOADED)[0]["hcps"] == 0:
                folder.mkdir(parents=True, exist_ok=True)
                refresh_job(
                    home, build_world(folder / f"world-{chosen.hcps}-{chosen.months}", chosen.hcps, chosen.months)
                )
            store.write(FILL)
            yield settings, store
    finally:
        if not running:
            server.stop()


def territories(store: Store) -> list[str]:
    """The territories of the token: the first twelve that HCPs are aligned to."""
    rows = store.read(
        "MATCH (t:Territory)<-[:IN_TERRITORY]-(:HCP) RETURN DISTINCT t.territoryId AS id ORDER BY id LIMIT $n",
        n=TERRITORIES,
    )
    return [row["id"] for row in rows]


def own_npi(store: Store, names: list[str]) -> str:
    """The NPI of an HCP of the territories."""
    found = store.read(
        "MATCH (h:HCP)-[a:IN_TERRITORY]->(t:Territory) WHERE t.territoryId IN $names AND a.to IS NULL "
        "RETURN h.npi AS npi ORDER BY h.id LIMIT 1",
        names=names,
    )
    return str(found[0]["npi"])
