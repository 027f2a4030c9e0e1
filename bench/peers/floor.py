"""The floor: Cypher written by hand through the driver, its record to orjson, in a bare Starlette route.

The same driver settings and the same server settings as the API; no token, no document, no rules to compile. A request
names the operation where others send their document. Prints its address: `python -m bench.peers.floor`.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.graphql.operations import operations
from bench.peers.serving import serve_peer
from graph.store.lean import analytics_blocked

with analytics_blocked():
    import neo4j

STATEMENTS = {operation.name: operation.cypher for operation in operations("")}
TERRITORIES = json.loads(os.environ.get("BENCH_TERRITORIES", "[]"))


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.driver = neo4j.AsyncGraphDatabase.driver(
        os.environ["NEO4J_URI"],
        auth=(os.environ["NEO4J_USER"], os.environ["NEO4J_PASSWORD"]),
        telemetry_disabled=True,
        max_connection_pool_size=64,
        notifications_min_severity="OFF",
    )
    app.state.idle = []
    yield
    for session in app.state.idle:
        await session.close()
    await app.state.driver.close()


async def answer(request: Request) -> Response:
    asked = orjson.loads(await request.body())
    state = request.app.state
    session = state.idle.pop() if state.idle else state.driver.session(default_access_mode=neo4j.READ_ACCESS)
    parameters = {"first": 1, "territories": TERRITORIES, "today": datetime.datetime.now(datetime.UTC).date()}
    result = await session.run(STATEMENTS[asked["query"]], parameters | asked["variables"])
    record = await result.single(strict=True)
    state.idle.append(session)
    return Response(orjson.dumps({"data": record["data"]}), media_type="application/json")


def main() -> None:
    app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)
    serve_peer(app)


if __name__ == "__main__":
    main()
