"""GraphiQL and tokens to try roles with: development on a loopback address only."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from api.graphiql.files import OWN, fetched, folder, packages
from api.tokens import Caller, development_key, sign
from graph.governance.policy import Policy
from graph.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
HERE = Path(__file__).parent
GENERAL = "query About {\n  viewer { role purpose territories }\n  products { id productId brand own }\n}\n"


def development_routes(settings: Settings, policy: Callable[[], Policy]) -> list[BaseRoute]:
    """The routes of a development server on loopback; none anywhere else."""
    if settings.profile != "development" or settings.host not in LOOPBACK:
        return []
    served = {name: HERE / name for name in OWN if name != "page.html"}
    for package in packages():
        served |= {package.target(file): folder(settings) / package.target(file) for file in package.files}

    async def page(_request: Request) -> Response:
        if not fetched(settings):
            text = "GraphiQL was not fetched: run `python -m api.graphiql.fetch` with a network, then load again.\n"
            return Response(text, 503, HEADERS, "text/plain")
        return FileResponse(HERE / "page.html", headers=HEADERS)

    async def file(request: Request) -> Response:
        found = served.get(request.path_params["name"])
        if found is None or not found.is_file():
            return Response("not found\n", 404, HEADERS, "text/plain")
        return FileResponse(found, headers=HEADERS)

    async def roles(request: Request) -> Response:
        if not _is_own_page(request):
            return Response("not found\n", 404, HEADERS, "text/plain")
        found = [{"name": name, "doc": role.doc, "example": example_of(name)} for name, role in policy().roles.items()]
        return Response(orjson.dumps(found), 200, HEADERS, "application/json")

    async def token(request: Request) -> Response:
        role = policy().roles.get(request.query_params.get("role", ""))
        if role is None or not _is_own_page(request):
            return Response("not found\n", 404, HEADERS, "text/plain")
        given = request.query_params
        subject, agent = given.get("subject") or "graphiql", given.get("agent") or None
        caller = Caller(subject, role.name, role.purposes[0], tuple(given.getlist("territory")), agent)
        signed = sign(development_key(settings), caller, names=settings.tokens)
        return Response(orjson.dumps({"token": signed}), 200, HEADERS, "application/json")

    return [
        Route("/graphiql" if settings.requests.allow_get else "/graphql", page, methods=["GET"]),
        Route("/graphiql/{name}", file, methods=["GET"]),
        Route("/dev/roles", roles, methods=["GET"]),
        Route("/dev/token", token, methods=["GET"]),
    ]


def example_of(role: str) -> str:
    """The operation that the page shows first; a role of somebody's own policy gets the general one."""
    file = HERE / "examples" / f"{role}.graphql"
    return file.read_text(encoding="utf-8") if file.is_file() else GENERAL


def _is_own_page(request: Request) -> bool:
    """The request comes from this machine, was meant for this machine, and from a page of this server.

    Another site cannot send the header without a preflight, which nothing here answers; a name that was rebound to
    this address is not a loopback name.
    """
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    return (
        request.client is not None
        and request.client.host in LOOPBACK
        and host in LOOPBACK
        and request.headers.get("x-twin-development") == "1"
    )
