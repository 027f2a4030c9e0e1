"""Manifests of persisted documents, as Apollo's and Relay's compilers write them."""

import re
from pathlib import Path
from typing import Any

import orjson

from api.documents import digest_of
from api.form import LONGEST_DOCUMENT
from graph.errors import ConfigurationError

SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_DOCUMENTS = 2_000


def read_manifest(path: Path) -> dict[str, str]:
    """Digest -> text of every document; raise `ConfigurationError` naming the file and the entry.

    Apollo: ``{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type",
    "body"}]}``; Relay: ``{id: text}``. A document is known by the SHA-256 of its text; an id that is one must be it.
    """
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ConfigurationError(
            f"TWIN_DOCUMENTS_FILE={str(path)!r} cannot be read ({error}): use a manifest"
        ) from error
    documents = {}
    for name, text in _entries(found, path):
        if not isinstance(name, str) or not isinstance(text, str) or not text.strip():
            raise ConfigurationError(f"{path}: entry {name!r} has no text")
        if len(text.encode()) > LONGEST_DOCUMENT:
            raise ConfigurationError(f"{path}: entry {name!r} has more than {LONGEST_DOCUMENT} bytes")
        digest = digest_of(text)
        if SHA256.fullmatch(name) and name != digest:
            raise ConfigurationError(f"{path}: entry {name!r} is not the SHA-256 of its text, which is {digest!r}")
        documents[digest] = text
    if not 0 < len(documents) <= MOST_DOCUMENTS:
        raise ConfigurationError(f"{path} has {len(documents)} documents: use 1 to {MOST_DOCUMENTS}")
    return documents


def _entries(found: Any, path: Path) -> list[tuple[Any, Any]]:
    if isinstance(found, dict) and found.get("format") == "apollo-persisted-query-manifest":
        operations = found.get("operations")
        if found.get("version") == 1 and isinstance(operations, list) and all(isinstance(o, dict) for o in operations):
            return [(operation.get("id"), operation.get("body")) for operation in operations]
    elif isinstance(found, dict):
        return list(found.items())
    raise ConfigurationError(f"{path} is no manifest: use what Apollo's or Relay's compiler writes")


def named_digest(document_id: Any, extensions: Any) -> str | None:
    """The digest that a request names, by `documentId` or by Apollo's extension; None when it names none.

    Raise `ValueError` for a name that is no SHA-256.
    """
    if document_id is not None:
        prefix, _, digest = document_id.partition(":") if isinstance(document_id, str) else ("", "", "")
        if prefix != "sha256" or not SHA256.fullmatch(digest):
            raise ValueError("`documentId` must be sha256: and 64 hexadecimal digits")
        return str(digest)
    asked = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    if asked is None:
        return None
    if not isinstance(asked, dict) or asked.get("version") != 1 or not SHA256.fullmatch(str(asked.get("sha256Hash"))):
        raise ValueError("`extensions.persistedQuery` must be version 1 with a sha256Hash of 64 hexadecimal digits")
    return str(asked["sha256Hash"])
