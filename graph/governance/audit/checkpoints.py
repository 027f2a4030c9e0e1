"""Signed statements of how far a chain was on disk, one file per chain, in a folder that is better kept elsewhere.

A line: ``{"checkpoint":{chain, code, previous, sequence, time},"signature":"<hexadecimal>"}``, Ed25519 over the
bytes of the checkpoint; ``previous`` is the SHA-256 of the line before. ``public_key`` beside them checks signatures.
"""

import datetime
import hashlib
import os
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from graph.errors import AuditTampered, ConfigurationError
from graph.governance.audit.chain import Head, canonical
from graph.governance.audit.segments import lines, sync_folder

PUBLIC_KEY = "public_key"
_HEAD = b'{"checkpoint":'
_JOINT = b',"signature":"'
_TAIL = b'"}\n'
_SIGNATURE_DIGITS = 128


class Checkpoints:
    """The checkpoints of one chain, as this process writes them."""

    def __init__(self, folder: Path, chain: str, key: Ed25519PrivateKey) -> None:
        """Raise `ConfigurationError` when the folder belongs to another signing key."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file, self._chain, self._key = folder / f"{chain}.jsonl", chain, key
        own = key.public_key().public_bytes_raw().hex()
        try:
            with os.fdopen(os.open(folder / PUBLIC_KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w") as handle:
                handle.write(own + "\n")
            sync_folder(folder)
        except FileExistsError:
            if (folder / PUBLIC_KEY).read_text(encoding="ascii").strip() != own:
                raise ConfigurationError(
                    f"{str(folder)!r} holds audit checkpoints of another key: restore keys/audit_checkpoint.key "
                    "or set TWIN_AUDIT_CHECKPOINTS to an empty folder"
                ) from None
        self._previous, self._size = self._end()

    def write(self, head: Head) -> None:
        """Vouch for everything up to ``head``, which is on disk. May raise `OSError`; a second try repeats it."""
        checkpoint = canonical(
            {
                "chain": self._chain,
                "code": head.code.hex(),
                "previous": self._previous,
                "sequence": head.sequence,
                "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            }
        )
        line = b"".join((_HEAD, checkpoint, _JOINT, self._key.sign(checkpoint).hex().encode(), _TAIL))
        is_new = not self._file.exists()
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, self._size)  # what a crash or a full disk left of a line
            if os.pwrite(descriptor, line, self._size) != len(line):
                raise OSError("a checkpoint was written in part")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            sync_folder(self._file.parent)
        self._previous, self._size = hashlib.sha256(line).hexdigest(), self._size + len(line)

    def _end(self) -> tuple[str, int]:
        """The digest of the last whole line and the size up to it."""
        previous, size = "", 0
        if self._file.exists():
            for line in lines(self._file):
                if line.endswith(b"\n"):
                    previous, size = hashlib.sha256(line).hexdigest(), size + len(line)
        return previous, size


def last_heads(folder: Path) -> dict[str, Head]:
    """The last checkpoint of each chain, unchecked; a chain whose last checkpoint cannot be read is left out."""
    found = {}
    for file in sorted(folder.glob("*.jsonl")):
        whole = [line for line in lines(file) if line.endswith(b"\n")]
        if whole:
            try:
                checkpoint = orjson.loads(whole[-1])["checkpoint"]
                found[file.stem] = Head(int(checkpoint["sequence"]), bytes.fromhex(checkpoint["code"]))
            except (ValueError, KeyError, TypeError):
                continue
    return found


def public_key_of(folder: Path) -> Ed25519PublicKey:
    """The key that checks the signatures; raise `ConfigurationError` when it is not there."""
    try:
        return Ed25519PublicKey.from_public_bytes(
            bytes.fromhex((folder / PUBLIC_KEY).read_text(encoding="ascii").strip())
        )
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"no audit checkpoints in {str(folder)!r} ({PUBLIC_KEY!r} is missing or unusable): name the folder "
            "with --checkpoints or TWIN_AUDIT_CHECKPOINTS"
        ) from error


def checked_heads(file: Path, key: Ed25519PublicKey) -> list[Head]:
    """What a chain's checkpoints vouch for, in order; raise `AuditTampered` at the first line that is not genuine.

    A last line without its end was never a checkpoint.
    """
    previous = ""
    heads: list[Head] = []
    for number, line in enumerate(lines(file), start=1):
        if not line.endswith(b"\n"):
            break
        checkpoint = line[len(_HEAD) : -(len(_JOINT) + _SIGNATURE_DIGITS + len(_TAIL))]
        digits = line[-(_SIGNATURE_DIGITS + len(_TAIL)) : -len(_TAIL)]
        try:
            signature = bytes.fromhex(digits.decode("ascii"))
            key.verify(signature, checkpoint)
            content = orjson.loads(checkpoint)
        except (ValueError, InvalidSignature) as error:
            raise AuditTampered(f"checkpoint {number} is not signed by the key of the twin") from error
        if b"".join((_HEAD, checkpoint, _JOINT, signature.hex().encode(), _TAIL)) != line:
            raise AuditTampered(f"checkpoint {number} is not as it was written")
        if content["chain"] != file.stem or content["previous"] != previous:
            raise AuditTampered(f"checkpoint {number} does not follow the one before it")
        previous = hashlib.sha256(line).hexdigest()
        heads.append(Head(content["sequence"], bytes.fromhex(content["code"])))
    return heads
