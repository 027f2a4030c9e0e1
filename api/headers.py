"""Headers that every response carries, also those of the framework: nothing is cached, framed, sniffed or embedded."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.request_settings import RequestSettings

SAFE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class SafeHeaders:
    """Adds them to what does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._safe = [(name.encode(), value.encode()) for name, value in SAFE_HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(safe for safe in self._safe if safe[0] not in own)]
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


def cross_origin(settings: RequestSettings) -> list[Middleware]:
    """Who may read answers from a page of another origin: those named, with bearer tokens and never with cookies."""
    if not settings.allowed_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=("POST", *(("GET",) if settings.allow_get else ())),
            allow_headers=("authorization", "content-type", "graphql-require-preflight"),
            expose_headers=("x-request-id", "retry-after"),
        )
    ]
