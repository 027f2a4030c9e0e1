"""What a request may be told.

    RequestError           the request is refused as a whole
    ├── RequestFailed      something unexpected
    ├── Unauthenticated    no token, or one that is not accepted
    ├── BadInput           a value, a cursor or the body is not as the schema says
    │   ├── Malformed      the request is not as GraphQL over HTTP says
    │   ├── WrongMedia     the body is not JSON in UTF-8
    │   ├── NotAcceptable  the caller accepts neither media type of an answer
    │   └── NoPreflight    a GET that any page could have sent
    ├── ParseFailed        the document is not GraphQL
    ├── Invalid            the document does not fit the caller's schema
    ├── TooCostly          a limit of the document is exceeded
    ├── NotPersisted       the caller has no document of that name, or may send no other
    ├── RateLimited        the caller has asked too much for a while
    └── Unavailable        busy, late, or Neo4j does not answer

Messages speak only of what the caller's schema shows and of what the caller sent; everything unexpected is
`INTERNAL_SERVER_ERROR` with a request id under which the log has the cause.
"""


class RequestError(Exception):
    """The request is refused; ``code`` is stable, ``status`` is that of HTTP."""

    code = "INTERNAL_SERVER_ERROR"
    status = 400

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


class RequestFailed(RequestError):
    """Something unexpected; the log has the cause under the request id."""

    status = 500


class Unauthenticated(RequestError):
    """No token, or one that is not accepted."""

    code = "UNAUTHENTICATED"
    status = 401


class BadInput(RequestError):
    """A value, a cursor or the body is not as the schema says."""

    code = "BAD_USER_INPUT"


class Malformed(BadInput):
    """The request is not as GraphQL over HTTP says: HTTP 400 whatever the media type."""


class WrongMedia(BadInput):
    """The body is not JSON in UTF-8."""

    status = 415


class NotAcceptable(BadInput):
    """The caller accepts neither media type of an answer."""

    status = 406


class NoPreflight(BadInput):
    """A GET that any page could have sent."""

    status = 403


class ParseFailed(RequestError):
    """The document is not GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"


class Invalid(RequestError):
    """The document does not fit the caller's schema."""

    code = "GRAPHQL_VALIDATION_FAILED"


class TooCostly(RequestError):
    """A limit of the document is exceeded."""

    code = "COST_LIMIT_EXCEEDED"


class NotPersisted(RequestError):
    """The caller has no document of that name, or may send no other; always with the message that clients know."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self, *_messages: str) -> None:
        super().__init__("PersistedQueryNotFound")


class RateLimited(RequestError):
    """The caller has asked too much for a while; ``seconds`` says when to come back."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("you have asked too much for now: wait as long as Retry-After says")
        self.seconds = max(1, seconds)


class Unavailable(RequestError):
    """Busy, late, or Neo4j does not answer: worth trying again. ``reason`` is for whoever runs the service."""

    code = "SERVICE_UNAVAILABLE"
    status = 503
    seconds = 1

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
