"""Logs as JSON, one object per line, without anything that a request, a variable or the graph brought.

Our own loggers say what they say. Of what libraries log, only the place and the kind of failure are kept: their texts
quote statements, documents and values.
"""

import logging
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import orjson

from api.trace import Trace

OWN = "twin"
_requests = logging.getLogger("twin.api")


class JsonFormatter(logging.Formatter):
    """A record as one line; the text and the arguments of a library's record are never looked at."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
        }
        if record.name.split(".")[0] == OWN:
            line["message"] = record.getMessage()
            line |= getattr(record, "fields", {})
        else:
            line["place"] = f"{Path(record.pathname).name}:{record.lineno}"
        if record.exc_info is not None and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
        return orjson.dumps(line).decode()


def write_json_logs(profile: str, stream: TextIO | None = None) -> None:
    """Send all logs to ``stream`` (standard error) as JSON lines: in production every request, else what went wrong."""
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(logging.INFO if profile == "production" else logging.WARNING)
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "neo4j", "strawberry"):
        found = logging.getLogger(name)
        found.handlers.clear()
        found.propagate = True


def log_request(trace: Trace, status: int) -> None:
    """One line about a request: who in which role is in the audit, under the same id."""
    if not _requests.isEnabledFor(logging.INFO):
        return
    fields = {
        "request": trace.request_id,
        "role": None if trace.caller is None else trace.caller.role,
        "status": status,
        "code": trace.code,
        "reason": trace.reason,
        "milliseconds": round(1000 * trace.seconds, 1),
        "document": trace.document,
        "cost": trace.cost,
        "rows": trace.rows,
        "statements": trace.statements,
    }
    _requests.info("request", extra={"fields": fields})
