"""Sealed cursors: the key values of a row, encrypted and bound to caller, order and filter.

The same row always gives the same cursor (AES-SIV is deterministic), so an answer does not change between two equal
requests. A cursor of another caller, territory, field, sort or filter does not open.
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from api.errors import BadInput
from graph.keyfile import read_or_create

INVALID = "the cursor is not valid for this request: leave out `after` to start again"
LONGEST = 2048


class CursorKey:
    """The secret behind all cursors of a deployment."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(secret)

    @classmethod
    def at(cls, keys: Path) -> "CursorKey":
        """The key file in the folder, made at first use, readable by its owner only."""
        return cls(read_or_create(keys / "cursor.key", lambda: os.urandom(64)))

    def sealer(self, permissions_id: str, subject: str, territories: tuple[str, ...]) -> "Sealer":
        return Sealer(self._cipher, permissions_id, subject, territories)


class Sealer:
    """Seals and opens the cursors of one caller."""

    def __init__(self, cipher: AESSIV, permissions_id: str, subject: str, territories: tuple[str, ...]) -> None:
        self._cipher = cipher
        self._caller = [permissions_id, subject, sorted(territories)]

    def seal(self, values: list[Any], context: list[Any]) -> str:
        sealed = self._cipher.encrypt(orjson.dumps(values), [self._bound(context)])
        return _spelt(sealed)

    def open(self, cursor: str, context: list[Any], size: int) -> list[Any]:
        """The values of a cursor; raise `BadInput`, always with the same message."""
        try:
            if len(cursor) > LONGEST:
                raise ValueError("too long")
            sealed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            if _spelt(sealed) != cursor:
                raise ValueError("another spelling")  # of bits that no byte has, or in the other alphabet
            values = orjson.loads(self._cipher.decrypt(sealed, [self._bound(context)]))
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise BadInput(INVALID) from error
        if not isinstance(values, list) or len(values) != size:
            raise BadInput(INVALID)
        return values

    def _bound(self, context: list[Any]) -> bytes:
        return orjson.dumps([self._caller, context], default=str)


def _spelt(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
