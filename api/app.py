"""The API over HTTP: POST /graphql, /livez, /readyz; in development GraphiQL and tokens to try roles with.

Figures for Prometheus are on another port, see `api.telemetry`.
"""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.audited import record
from api.cursors import CursorKey
from api.engine import Engine
from api.errors import BadInput, RequestError, Unavailable
from api.graphiql.routes import development_routes
from api.headers import SAFE_HEADERS
from api.health import Health, livez, readyz
from api.logs import log_request
from api.operations import Operations, Request
from api.telemetry import Telemetry
from api.tokens import Tokens
from api.trace import Trace
from api.warmup import warm_up
from graph.errors import TwinError
from graph.governance import Policy, load_policy
from graph.governance.audit import AuditLog
from graph.settings import Settings
from graph.store.connection import find_connection

log = logging.getLogger("twin.api")
GRAPHQL_JSON = "application/graphql-response+json"
LARGEST_BODY = 100_000


def build_app(settings: Settings, policy: Policy | None = None, *, warm: bool = False) -> Starlette:
    """The application; it connects to the settings' Neo4j when it starts.

    ``policy`` defaults to the reviewed one. With ``warm`` it asks itself the commonest questions in the background.
    """
    policy = load_policy() if policy is None else policy
    tokens = Tokens.of(settings, policy)
    cursors = CursorKey.at(settings.home / "keys")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            async with AsyncExitStack() as opened:
                await open_all(app, opened)
                yield
        except TwinError as error:
            app.state.failure = error  # `serve` says it in one line
            raise

    async def open_all(app: Starlette, opened: AsyncExitStack) -> None:
        app.state.telemetry = telemetry = Telemetry()
        opened.callback(telemetry.close)
        app.state.audit = audit = AuditLog(settings.home, settings.audit_checkpoints, telemetry.observe_flush)
        opened.callback(audit.close)
        app.state.engine = engine = Engine(find_connection(settings))
        opened.push_async_callback(engine.close)
        app.state.operations = operations = Operations(policy, engine, cursors)
        app.state.health = Health(engine, audit)
        if settings.metrics_port is not None:
            telemetry.serve(settings, operations, audit)
            opened.push_async_callback(cancelled, asyncio.create_task(telemetry.follow_sources(engine)))
        if warm:
            opened.push_async_callback(cancelled, asyncio.create_task(warm_up(operations, policy)))

    async def cancelled(task: asyncio.Task[Any]) -> None:
        task.cancel()
        await asyncio.wait([task])

    async def graphql(request: HttpRequest) -> Response:
        return await _watched(request, tokens)

    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["POST"]),
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        *development_routes(settings, policy),
    ]
    return Starlette(routes=routes, lifespan=lifespan, max_body_size=LARGEST_BODY)


async def _watched(request: HttpRequest, tokens: Tokens) -> Response:
    """The answer, once it is in the audit; counted and logged."""
    trace, state = Trace(), request.app.state
    with state.telemetry.in_flight.track_inprogress():
        response = await _answered(request, tokens, trace)
        try:
            record(state.audit, trace)
        except Unavailable as error:
            trace.refuse(error)
            response = _refused(error, trace.request_id, _media_type(request), _headers(trace))
    state.telemetry.count(trace)
    log_request(trace, response.status_code)
    return response


def _media_type(request: HttpRequest) -> str:
    return GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else "application/json"


def _headers(trace: Trace) -> dict[str, str]:
    return {**SAFE_HEADERS, "x-request-id": trace.request_id}


async def _answered(request: HttpRequest, tokens: Tokens, trace: Trace) -> Response:
    """The answer to a GraphQL request; no failure says more than its code and a request id."""
    request_id, media_type, headers = trace.request_id, _media_type(request), _headers(trace)
    try:
        request.app.state.health.require_open()
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            unusable = BadInput("send application/json")
            trace.refuse(unusable)
            return _refused(unusable, request_id, media_type, headers, 415)
        trace.caller = tokens.caller(request.headers.get("authorization"))
        asked = Request.of(await _body(request))
        body = orjson.dumps(await request.app.state.operations.answer(trace.caller, asked, trace))
    except RequestError as error:
        trace.refuse(error)
        return _refused(error, request_id, media_type, headers)
    except Exception as error:
        # A message may hold values of the graph or of the request: the log names the kind of failure and where.
        log.error("request %s failed: %s at %s", request_id, type(error).__name__, _place(error))
        failed = RequestError("something failed here")
        trace.refuse(failed)
        return _refused(failed, request_id, media_type, headers, 500)
    return Response(body, 200, headers, media_type)


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
