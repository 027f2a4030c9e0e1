"""GraphQL over HTTP: what a request says, which media type answers it, how a refusal looks."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.errors import (
    Malformed,
    NoPreflight,
    NotAcceptable,
    RateLimited,
    RequestError,
    TooCostly,
    Unavailable,
    WrongMedia,
)
from api.operations import Request

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
LARGEST_BODY = 100_000
LARGEST_ANSWER = 10_000_000
"""Bytes. The cost limit counts values, not their lengths: long texts in many rows end here."""
PREFLIGHT_HEADERS = ("graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name")
"""A page of another origin cannot send them without asking first, and nobody tells it yes."""


def answer_type(accept: str | None) -> str:
    """The media type that the header prefers; raise `NotAcceptable` when it wants neither.

    Who names none gets `application/json`, which clients from before the specification expect.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = [_range(part) for part in accept.split(",")]
    best: tuple[float, int, str] = (0.0, 0, "")
    for rank, offered in enumerate((JSON, GRAPHQL_JSON)):
        fitting = [(weight, quality) for name, weight, quality in ranges if name in (offered, "application/*", "*/*")]
        if fitting:
            weight, quality = max(fitting)
            # Where both were named, the newer one; where neither was, the one that everybody reads.
            order = 10 * weight + (rank if weight == 2 else -rank)
            best = max(best, (quality, order, offered))
    if best[0] == 0:
        raise NotAcceptable(f"accept {JSON} or {GRAPHQL_JSON}")
    return best[2]


def _range(part: str) -> tuple[str, int, float]:
    """A media range, how specific it is, and its quality: 0 for one that cannot be met."""
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "q":
            try:
                quality = min(1.0, max(0.0, float(value)))
            except ValueError:
                quality = 0.0
        elif key == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            return name, 0, 0.0
    return name, {"*/*": 0, "application/*": 1}.get(name, 2), quality


def check_content_type(content_type: str | None) -> None:
    """Raise `WrongMedia` for anything but JSON in UTF-8: all else could come from a foreign page without preflight."""
    name, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charsets = [value.strip('"') for key, _, value in (p.partition("=") for p in parameters) if key == "charset"]
    if name != JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise WrongMedia("send application/json in UTF-8")


async def request_of(http: HttpRequest) -> Request:
    """The GraphQL request that an HTTP request carries; raise `Malformed` where it is not as the specification says."""
    if http.method == "GET":
        return _from_query(http)
    check_content_type(http.headers.get("content-type"))
    try:
        body = orjson.loads(await http.body())
    except orjson.JSONDecodeError as error:
        raise Malformed("the body must be JSON") from error
    if isinstance(body, list):
        raise Malformed("one operation at a time: batches are not answered")
    return Request.of(body)


def _from_query(http: HttpRequest) -> Request:
    if not any(http.headers.get(name) for name in PREFLIGHT_HEADERS):
        raise NoPreflight("a query by GET needs the header GraphQL-Require-Preflight")
    given: dict[str, Any] = {}
    try:
        found = parse_qs(
            http.url.query, keep_blank_values=True, strict_parsing=False, max_num_fields=20, errors="strict"
        )
    except ValueError as error:
        raise Malformed("the query string cannot be read") from error
    for name, values in found.items():
        if len(values) > 1:
            raise Malformed("a parameter is given twice")
        given[name] = values[0]
    for name in ("variables", "extensions"):
        if name in given:
            try:
                given[name] = orjson.loads(given[name]) if given[name] else None
            except orjson.JSONDecodeError as error:
                raise Malformed(f"`{name}` must be JSON") from error
    if given.get("operationName") == "":
        del given["operationName"]
    return Request.of(given)


def answered(answer: Mapping[str, Any], request_id: str, media_type: str) -> Response:
    """The response with data; raise `TooCostly` for an answer that is too large to send."""
    body = orjson.dumps(answer)
    if len(body) > LARGEST_ANSWER:
        raise TooCostly(f"the answer has more than {LARGEST_ANSWER} bytes: ask for fewer rows or fields")
    return _response(body, 200, request_id, media_type)


def refused(error: RequestError, request_id: str, media_type: str) -> Response:
    """The response without data: messages, the stable code, and the id under which the log knows the request."""
    extensions = {"code": error.code, "requestId": request_id}
    body = orjson.dumps({"errors": [{"message": message, "extensions": extensions} for message in error.messages]})
    # Before `application/graphql-response+json`, a document that cannot be answered was still HTTP 200.
    of_document = error.status == 400 and not isinstance(error, Malformed)
    status = 200 if of_document and media_type == JSON else error.status
    response = _response(body, status, request_id, media_type)
    if isinstance(error, Unavailable | RateLimited):
        response.headers["retry-after"] = str(error.seconds)
    if status == 401:
        response.headers["www-authenticate"] = "Bearer"
    return response


def _response(body: bytes, status: int, request_id: str, media_type: str) -> Response:
    headers = {"x-request-id": request_id, "vary": "accept", "content-type": f"{media_type}; charset=utf-8"}
    return Response(body, status, headers)
