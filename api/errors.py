"""What a request may be told.

    RequestError           the request is refused as a whole
    ├── Unauthenticated    no token, or one that is not accepted
    ├── BadInput           a value, a cursor or the body is not as the schema says
    ├── ParseFailed        the document is not GraphQL
    ├── Invalid            the document does not fit the caller's schema
    ├── TooCostly          a limit of the document is exceeded
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


class Unauthenticated(RequestError):
    """No token, or one that is not accepted."""

    code = "UNAUTHENTICATED"
    status = 401


class BadInput(RequestError):
    """A value, a cursor or the body is not as the schema says."""

    code = "BAD_USER_INPUT"


class ParseFailed(RequestError):
    """The document is not GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"


class Invalid(RequestError):
    """The document does not fit the caller's schema."""

    code = "GRAPHQL_VALIDATION_FAILED"


class TooCostly(RequestError):
    """A limit of the document is exceeded."""

    code = "COST_LIMIT_EXCEEDED"


class Unavailable(RequestError):
    """Busy, late, or Neo4j does not answer: worth trying again. ``reason`` is for whoever runs the service."""

    code = "SERVICE_UNAVAILABLE"
    status = 503

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
