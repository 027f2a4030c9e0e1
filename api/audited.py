"""What the audit keeps of a request: who, under which policy, which fields, how many rows; and not one value."""

import hashlib
from functools import lru_cache
from typing import Any

from api.errors import Unavailable
from api.tokens import Caller
from api.trace import Trace
from graph.errors import AuditUnavailable
from graph.governance.audit import AuditLog


def record(audit: AuditLog, trace: Trace) -> None:
    """Write the line of a request before its answer leaves; raise `Unavailable` when that is not possible.

    Requests of nobody (no token that is accepted) are written once a second and counted beyond that: whoever has no
    token must not be able to fill the disk.
    """
    try:
        if trace.caller is None:
            code = trace.code or "OK"
            audit.append_sparsely("unknown_caller", code, {"request": trace.request_id, "refused": code})
        else:
            audit.append(event(trace, trace.caller))
    except AuditUnavailable as error:
        raise Unavailable("nothing can be answered now: try again in a second", "audit") from error


def event(trace: Trace, caller: Caller) -> dict[str, Any]:
    """An operation as the audit keeps it."""
    was_answered = trace.code is None
    return {
        "kind": "operation",
        "request": trace.request_id,
        "subject": _encodable(caller.subject),
        "agent": _encodable(caller.agent),
        "role": caller.role,
        "purpose": caller.purpose,
        "territories": _territories(caller.territories),
        "policy": trace.policy_version,
        "policy_fingerprint": trace.policy_fingerprint,
        "document": trace.document,
        "operation": trace.operation,
        "fields": trace.granted.fields if was_answered else (),
        "rows": trace.rows if was_answered else 0,
        "restricted": trace.restricted if was_answered else {},
        "refused": trace.code,
        "published": trace.published,
    }


@lru_cache(maxsize=1_000)
def _territories(names: tuple[str, ...]) -> dict[str, Any]:
    """How many and, without naming them, which."""
    joined = "\n".join(sorted(names)).encode("utf-8", "backslashreplace")
    return {"count": len(names), "sha256": hashlib.sha256(joined).hexdigest()[:32]}


def _encodable(text: str | None) -> str | None:
    """A token may hold half a surrogate pair, which no UTF-8 can."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()
