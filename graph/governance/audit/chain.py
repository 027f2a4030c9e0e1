"""A line of the audit: ``{"event":<canonical JSON>,"mac":"<64 hexadecimal digits>"}``.

The code of a line is HMAC-SHA256 over the code before it and the bytes of the event, so that no line can be changed,
left out, added or moved by anybody without the key, and not by anybody with it without contradicting a checkpoint.
Canonical JSON is that of RFC 8785 for what events are made of: texts, whole numbers, lists and objects with ASCII keys.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from graph.errors import AuditTampered

_HEAD = b'{"event":'
_JOINT = b',"mac":"'
_TAIL = b'"}\n'
_CODE_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the sequence of its last line (0: no line yet) and its code."""

    sequence: int
    code: bytes


def origin(key: bytes, chain: str) -> Head:
    """Where a chain begins; its name goes in, so that no line of another chain fits."""
    return Head(0, hmac.digest(key, b"audit chain " + chain.encode(), "sha256"))


def canonical(event: Mapping[str, Any]) -> bytes:
    """The bytes of an event: no line break and no control character is left unescaped."""
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)


def link(key: bytes, head: Head, event: bytes) -> tuple[Head, bytes]:
    """The new head and the line of an event that follows ``head``."""
    code = hmac.digest(key, head.code + event, "sha256")
    return Head(head.sequence + 1, code), b"".join((_HEAD, event, _JOINT, code.hex().encode(), _TAIL))


def follow(key: bytes, head: Head, line: bytes) -> Head:
    """The head after a line that is on disk; raise `AuditTampered` unless it is byte for byte what was written."""
    event = line[len(_HEAD) : -(len(_JOINT) + _CODE_DIGITS + len(_TAIL))]
    after, expected = link(key, head, event)
    if not hmac.compare_digest(expected, line):
        raise AuditTampered("does not follow from the lines before it")
    if orjson.loads(event)["sequence"] != after.sequence:
        raise AuditTampered("has another sequence than its place")
    return after


def code_of(line: bytes) -> bytes:
    """The code that a line says it has, unchecked; raise `AuditTampered` when it has none."""
    digits = line[-(_CODE_DIGITS + len(_TAIL)) : -len(_TAIL)]
    try:
        code = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        code = b""
    if len(code) != _CODE_DIGITS // 2:
        raise AuditTampered("is no line of an audit")
    return code
