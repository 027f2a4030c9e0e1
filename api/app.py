"""The API over HTTP: /graphql, /livez, /readyz; in development GraphiQL and tokens to try roles with.

Figures for Prometheus are on another port, see `api.telemetry`.
"""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.audited import record
from api.cursors import CursorKey
from api.documents import Documents
from api.engine import Engine
from api.errors import RequestError, RequestFailed, Unavailable
from api.graphiql.routes import development_routes
from api.headers import SafeHeaders, cross_origin
from api.health import Health, livez, readyz
from api.logs import log_request
from api.operations import Operations
from api.persisted import read_manifest
from api.policies import Policies, Ruling
from api.protocol import JSON, LARGEST_BODY, answer_type, answered, refused, request_of
from api.rates import Budgets
from api.telemetry import Telemetry
from api.tokens import Tokens
from api.trace import Trace
from api.traffic import Traffic
from api.warmup import warm_up
from graph.errors import TwinError
from graph.governance import Policy
from graph.governance.audit import AuditLog
from graph.settings import Settings
from graph.store.connection import find_connection

log = logging.getLogger("twin.api")


def build_app(settings: Settings, policy: Policy | None = None, *, warm: bool = False) -> Starlette:
    """The application; it connects to the settings' Neo4j when it starts.

    ``policy`` defaults to that of the settings' file, which ``app.state.policies`` can read again. With ``warm`` it
    asks itself the commonest questions in the background, while nobody else asks.
    """
    policies = Policies.at(settings) if policy is None else Policies(Ruling.of(policy))
    tokens = Tokens.of(settings, policies.policy)
    cursors = CursorKey.at(settings.home / "keys")
    budgets = Budgets(settings.requests.cost_per_second, settings.requests.cost_burst)
    manifest = settings.requests.documents_file
    documents = Documents(
        kept=read_manifest(manifest) if manifest is not None else {},
        trusted_only=settings.requests.trusted_only,
        introspection=settings.profile == "development",
    )

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
        app.state.telemetry = telemetry = Telemetry(app.state.traffic)
        opened.callback(telemetry.close)
        app.state.audit = audit = AuditLog(settings.home, settings.audit_checkpoints, telemetry.observe_flush)
        opened.callback(audit.close)
        app.state.engine = engine = Engine(find_connection(settings))
        opened.push_async_callback(engine.close)
        app.state.budgets = budgets
        app.state.operations = operations = Operations(policies, engine, cursors, documents=documents)
        app.state.health = Health(engine, audit)
        await tokens.open()
        opened.push_async_callback(tokens.close)
        if settings.metrics_port is not None:
            telemetry.serve(settings, operations, audit, policies)
            opened.push_async_callback(cancelled, asyncio.create_task(telemetry.follow_sources(engine)))
        if warm:
            warming = warm_up(operations, policies.policy(), app.state.traffic)
            opened.push_async_callback(cancelled, asyncio.create_task(warming))

    async def cancelled(task: asyncio.Task[Any]) -> None:
        task.cancel()
        await asyncio.wait([task])

    async def graphql(request: HttpRequest) -> Response:
        return await _watched(request, tokens, budgets)

    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["POST", *(["GET"] if settings.requests.allow_get else [])]),
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        *development_routes(settings, policies.policy),
    ]
    middleware = [Middleware(SafeHeaders), *cross_origin(settings.requests)]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=middleware, max_body_size=LARGEST_BODY)
    app.state.policies, app.state.tokens, app.state.traffic = policies, tokens, Traffic()
    return app


async def _watched(request: HttpRequest, tokens: Tokens, budgets: Budgets) -> Response:
    """The answer, once it is in the audit; counted and logged."""
    trace, state = Trace(), request.app.state
    with state.traffic.request():
        response = await _answered(request, tokens, budgets, trace)
        try:
            record(state.audit, trace)
        except Unavailable as error:
            trace.refuse(error)
            response = refused(error, trace.request_id, response.media_type or JSON)
    state.telemetry.count(trace)
    log_request(trace, response.status_code)
    return response


async def _answered(request: HttpRequest, tokens: Tokens, budgets: Budgets, trace: Trace) -> Response:
    """The answer to a GraphQL request; no failure says more than its code and a request id."""
    media_type = JSON
    try:
        request.app.state.health.require_open()
        media_type = answer_type(request.headers.get("accept"))
        asked = await request_of(request)
        trace.caller = caller = await tokens.identify(request.headers.get("authorization"))
        spend = budgets.of(f"{caller.agent!r} {caller.subject!r}")  # an agent does not use up what its person has
        answer = await request.app.state.operations.answer(caller, asked, spend, trace)
        return answered(answer, trace.request_id, media_type)
    except RequestError as error:
        trace.refuse(error)
        return refused(error, trace.request_id, media_type)
    except Exception as error:
        # A message may hold values of the graph or of the request: the log names the kind of failure and where.
        log.error("request %s failed: %s at %s", trace.request_id, type(error).__name__, _place(error))
        failed = RequestFailed("something failed here")
        trace.refuse(failed)
        return refused(failed, trace.request_id, media_type)


def _place(error: BaseException) -> str:
    """File and line where an exception was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
