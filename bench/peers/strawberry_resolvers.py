"""Plain Strawberry: a resolver per field, a data loader per relationship, the row rule in the queries.

Written as its manual tells: async driver, data loaders, its caches of parsed and validated documents. The same check of
tokens and the same server settings as the API. Prints its address: `python -m bench.peers.strawberry_resolvers`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from api.tokens import Tokens
from bench.graphql.operations import HOLDS, OWN
from bench.peers.serving import serve_peer
from graph.governance import load_policy
from graph.settings import Settings
from graph.store.connection import find_connection
from graph.store.lean import analytics_blocked

with analytics_blocked():
    import neo4j

BY_KEY = f"""MATCH (hcp:HCP)-[aligned:IN_TERRITORY]->(territory:Territory)
WHERE hcp.npi = $npi AND territory.territoryId IN $territories AND {HOLDS}"""
FOUND = "WITH DISTINCT hcp ORDER BY hcp.id LIMIT toInteger($first) RETURN hcp"
ACCOUNTS = """UNWIND $ids AS id
MATCH (:HCP {id: id})-[:AFFILIATED_WITH]->(account:Account)
RETURN id, account ORDER BY account.name, account.id"""


@strawberry.type
class Account:
    id: str
    name: str | None
    state: str | None


@strawberry.type
class Hcp:
    id: str
    npi: str | None
    last_name: str | None
    first_name: str | None
    city: str | None
    state: str | None

    @strawberry.field
    async def affiliations(self, info: strawberry.Info, first: int = 10) -> list[Account]:
        return (await info.context["accounts"].load(self.id))[:first]


@strawberry.type
class HcpEdge:
    node: Hcp


@strawberry.type
class HcpConnection:
    edges: list[HcpEdge]


@strawberry.input
class StringFilter:
    eq: str


@strawberry.input
class HcpWhere:
    npi: StringFilter | None = None


@strawberry.type
class Query:
    @strawberry.field
    async def hcps(self, info: strawberry.Info, first: int = 50, where: HcpWhere | None = None) -> HcpConnection:
        by_key = where is not None and where.npi is not None
        rows = await info.context["rows_of"](
            f"{BY_KEY if by_key else OWN} {FOUND}",
            first=first,
            npi=where.npi.eq if where is not None and where.npi is not None else None,
            territories=list(info.context["caller"].territories),
            today=datetime.datetime.now(datetime.UTC).date(),
        )
        return HcpConnection(edges=[HcpEdge(node=_hcp(row["hcp"])) for row in rows])


def _hcp(node: Any) -> Hcp:
    return Hcp(
        id=node["id"],
        npi=node.get("npi"),
        last_name=node.get("lastName"),
        first_name=node.get("firstName"),
        city=node.get("city"),
        state=node.get("state"),
    )


class Served(GraphQL[Any, Any]):
    """With the caller, a way to run statements and a loader of its own for every request."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            strawberry.Schema(query=Query, extensions=[ParserCache, ValidationCache]),
            graphql_ide=None,
            multipart_uploads_enabled=False,
        )
        policy = load_policy()
        self.tokens = Tokens.of(settings, lambda: policy)
        connection = find_connection(settings)
        self.driver = neo4j.AsyncGraphDatabase.driver(
            connection.uri, auth=connection.auth, telemetry_disabled=True, notifications_min_severity="OFF"
        )

    async def rows_of(self, text: str, **parameters: Any) -> list[Any]:
        async with self.driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            result = await session.run(text, parameters)
            return [record async for record in result]

    async def accounts_of(self, ids: list[str]) -> list[list[Account]]:
        found = defaultdict(list)
        for row in await self.rows_of(ACCOUNTS, ids=ids):
            account = row["account"]
            found[row["id"]].append(Account(id=account["id"], name=account.get("name"), state=account.get("state")))
        return [found[one] for one in ids]

    async def get_context(self, request: Request, response: Response) -> dict[str, Any]:  # type: ignore[override]  # noqa: ARG002
        return {
            "caller": self.tokens.caller(request.headers.get("authorization")),
            "rows_of": self.rows_of,
            "accounts": DataLoader(load_fn=self.accounts_of),
        }


def main() -> None:
    served = Served(Settings.load())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await served.driver.close()

    app = Starlette(routes=[Route("/graphql", served)], lifespan=lifespan)
    serve_peer(app)


if __name__ == "__main__":
    main()
