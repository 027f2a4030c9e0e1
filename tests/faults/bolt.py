"""Bolt on the wire, as far as a proxy has to understand it: where a message ends, and what it is called."""

HANDSHAKE_BYTES = 20
ANSWER_TO_HANDSHAKE_BYTES = 4
_MANIFEST = b"\x00\x00\x01\xff"

REQUESTS = {
    0x01: "HELLO", 0x6A: "LOGON", 0x6B: "LOGOFF", 0x02: "GOODBYE", 0x0F: "RESET", 0x10: "RUN", 0x11: "BEGIN",
    0x12: "COMMIT", 0x13: "ROLLBACK", 0x2F: "DISCARD", 0x3F: "PULL", 0x66: "ROUTE", 0x54: "TELEMETRY",
}  # fmt: skip
ANSWERS = {0x70: "SUCCESS", 0x71: "RECORD", 0x7E: "IGNORED", 0x7F: "FAILURE"}
UNANSWERED = ("GOODBYE",)


def plain_handshake(proposal: bytes) -> bytes:
    """The client's proposal without the negotiation by manifest, so that messages begin right after four bytes."""
    return proposal.replace(_MANIFEST, b"\x00\x00\x00\x00", 1)


class Messages:
    """Cuts a stream of chunks into whole messages."""

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names
        self._left = b""

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """The messages that are whole now, as (name, bytes on the wire); the rest is kept."""
        self._left += data
        found = []
        while (end := self._end()) is not None:
            raw, self._left = self._left[:end], self._left[end:]
            if (name := self._name(raw)) is not None:
                found.append((name, raw))
        return found

    def _end(self) -> int | None:
        """Where the first message ends: after a chunk of length nought."""
        at = 0
        while at + 2 <= len(self._left):
            size = int.from_bytes(self._left[at : at + 2], "big")
            at += 2 + size
            if size == 0:
                return at
        return None

    def _name(self, raw: bytes) -> str | None:
        """The name by its signature byte; none for a lone empty chunk, which keeps a connection alive."""
        return None if len(raw) == 2 else self._names.get(raw[3], f"{raw[3]:#04x}")
