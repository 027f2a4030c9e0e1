"""The API over HTTP: POST /graphql, /livez, /readyz; in development GraphiQL and tokens to try roles with."""

import asyncio
import logging
import secrets
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.cursors import CursorKey
from api.engine import Engine
from api.errors import BadInput, RequestError, Unavailable
from api.graphiql.routes import development_routes
from api.known import KnownTokens
from api.operations import Operations, Request
from api.tokens import Tokens
from api.warmup import warm_up
from graph.governance import Policy, load_policy
from graph.settings import Settings
from graph.store.connection import find_connection

log = logging.getLogger("twin.api")
GRAPHQL_JSON = "application/graphql-response+json"
LARGEST_BODY = 100_000
SAFE_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


def build_app(settings: Settings, policy: Policy | None = None, *, warm: bool = False) -> Starlette:
    """The application; it connects to the settings' Neo4j when it starts.

    ``policy`` defaults to the reviewed one. With ``warm`` it asks itself the commonest questions in the background.
    """
    policy = load_policy() if policy is None else policy
    tokens = KnownTokens(Tokens.of(settings, policy).caller)
    cursors = CursorKey.at(settings.home / "keys")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.engine = engine = Engine(find_connection(settings))
        app.state.operations = operations = Operations(policy, engine, cursors)
        warming = asyncio.create_task(warm_up(operations, policy)) if warm else None
        try:
            yield
        finally:
            if warming is not None:
                warming.cancel()
                await asyncio.wait([warming])
            await engine.close()

    async def graphql(request: HttpRequest) -> Response:
        return await _answered(request, tokens)

    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/livez", _livez, methods=["GET"]),
        Route("/readyz", _readyz, methods=["GET"]),
        *development_routes(settings, policy),
    ]
    return Starlette(routes=routes, lifespan=lifespan, max_body_size=LARGEST_BODY)


async def _livez(_request: HttpRequest) -> Response:
    return Response(b'{"status":"alive"}', media_type="application/json", headers=SAFE_HEADERS)


async def _readyz(request: HttpRequest) -> Response:
    ready = await request.app.state.engine.ready()
    body = {"status": "ready" if ready else "waiting for Neo4j"}
    return Response(orjson.dumps(body), 200 if ready else 503, SAFE_HEADERS, "application/json")


async def _answered(request: HttpRequest, tokens: KnownTokens) -> Response:
    """The answer to a GraphQL request; no failure says more than its code and a request id."""
    request_id = secrets.token_hex(8)
    media_type = GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else "application/json"
    headers = {**SAFE_HEADERS, "x-request-id": request_id}
    try:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return _refused(BadInput("send application/json"), request_id, media_type, headers, 415)
        caller = tokens.caller(request.headers.get("authorization"))
        answer = await request.app.state.operations.answer(caller, Request.of(await _body(request)))
    except RequestError as error:
        return _refused(error, request_id, media_type, headers)
    except Exception as error:
        # A message may hold values of the graph or of the request: the log names the kind of failure and where.
        log.error("request %s failed: %s at %s", request_id, type(error).__name__, _place(error))
        return _refused(RequestError("something failed here"), request_id, media_type, headers, 500)
    return Response(orjson.dumps(answer), 200, headers, media_type)


def _place(error: BaseException) -> str:
    """File and line where an exception was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


async def _body(request: HttpRequest) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise BadInput("the body must be JSON") from error


def _refused(
    error: RequestError, request_id: str, media_type: str, headers: dict[str, str], status: int | None = None
) -> Response:
    errors = [
        {"message": message, "extensions": {"code": error.code, "requestId": request_id}} for message in error.messages
    ]
    # Before `application/graphql-response+json`, a document that cannot be answered was still HTTP 200.
    if status is None:
        status = 200 if error.status == 400 and media_type == "application/json" else error.status
    extra = {"retry-after": "1"} if isinstance(error, Unavailable) else {}
    if error.status == 401:
        extra["www-authenticate"] = "Bearer"
    return Response(orjson.dumps({"errors": errors}), status, {**headers, **extra}, media_type)
