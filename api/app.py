"""The API over HTTP: /graphql, /livez, /readyz; in development GraphiQL and tokens to try roles with."""

import asyncio
import logging
import secrets
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.cursors import CursorKey
from api.documents import Documents
from api.engine import Engine
from api.errors import RequestError, RequestFailed
from api.graphiql.routes import development_routes
from api.headers import SafeHeaders, cross_origin
from api.operations import Operations
from api.persisted import read_manifest
from api.policies import Policies, Ruling
from api.protocol import JSON, LARGEST_BODY, answer_type, answered, refused, request_of
from api.rates import Budgets
from api.tokens import Tokens
from api.warmup import warm_up
from graph.governance import Policy
from graph.settings import Settings
from graph.store.connection import find_connection

log = logging.getLogger("twin.api")


def build_app(settings: Settings, policy: Policy | None = None, *, warm: bool = False) -> Starlette:
    """The application; it connects to the settings' Neo4j when it starts.

    ``policy`` defaults to that of the settings' file, which ``app.state.policies`` can read again. With ``warm`` it
    asks itself the commonest questions in the background.
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
        app.state.engine = engine = Engine(find_connection(settings))
        app.state.budgets = budgets
        app.state.operations = operations = Operations(policies, engine, cursors, documents=documents)
        await tokens.open()
        warming = asyncio.create_task(warm_up(operations, policies.policy())) if warm else None
        try:
            yield
        finally:
            if warming is not None:
                warming.cancel()
                await asyncio.wait([warming])
            await tokens.close()
            await engine.close()

    async def graphql(request: HttpRequest) -> Response:
        return await _answered(request, tokens, budgets)

    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["POST", *(["GET"] if settings.requests.allow_get else [])]),
        Route("/livez", _livez, methods=["GET"]),
        Route("/readyz", _readyz, methods=["GET"]),
        *development_routes(settings, policies.policy),
    ]
    middleware = [Middleware(SafeHeaders), *cross_origin(settings.requests)]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=middleware, max_body_size=LARGEST_BODY)
    app.state.policies, app.state.tokens = policies, tokens
    return app


async def _livez(_request: HttpRequest) -> Response:
    return Response(b'{"status":"alive"}', media_type=JSON)


async def _readyz(request: HttpRequest) -> Response:
    ready = await request.app.state.engine.ready()
    body = {"status": "ready" if ready else "waiting for Neo4j"}
    return Response(orjson.dumps(body), 200 if ready else 503, media_type=JSON)


async def _answered(request: HttpRequest, tokens: Tokens, budgets: Budgets) -> Response:
    """The answer to a GraphQL request; no failure says more than its code and a request id."""
    request_id, media_type = secrets.token_hex(8), JSON
    try:
        media_type = answer_type(request.headers.get("accept"))
        asked = await request_of(request)
        caller = await tokens.identify(request.headers.get("authorization"))
        answer = await request.app.state.operations.answer(
            caller, asked, budgets.of(f"{caller.agent or ''}/{caller.subject}")
        )
        return answered(answer, request_id, media_type)
    except RequestError as error:
        return refused(error, request_id, media_type)
    except Exception as error:
        # A message may hold values of the graph or of the request: the log names the kind of failure and where.
        log.error("request %s failed: %s at %s", request_id, type(error).__name__, _place(error))
        return refused(RequestFailed("something failed here"), request_id, media_type)


def _place(error: BaseException) -> str:
    """File and line where an exception was raised."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
