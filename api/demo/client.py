"""A GraphQL client of a few lines: what any front end does."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from graph.errors import TwinError


class RequestRefused(TwinError):
    """The API answered with errors instead of data."""


PAUSES = (1.0, 2.0, 4.0)
"""Seconds between tries while the API is busy; Neo4j plans a question it never saw slowly just after its start."""


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the API at ``address`` with one token."""

    address: str
    token: str = field(repr=False)

    def ask(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The ``data`` of the answer, with ``restricted`` added from its extensions."""
        body = json.dumps({"query": document, "variables": variables or {}}).encode()
        request = urllib.request.Request(  # noqa: S310 - the address is the API this process started
            f"{self.address}/graphql",
            data=body,
            headers={"content-type": "application/json", "authorization": f"Bearer {self.token}"},
        )
        for pause in (*PAUSES, None):
            answer = _exchange(request)
            if pause is None or not _worth_another_try(answer):
                break
            time.sleep(pause)
        if "data" not in answer or answer.get("errors"):
            problems = "; ".join(error["message"] for error in answer.get("errors", [])) or "no data"
            raise RequestRefused(f"the API refused the question: {problems}")
        return {**answer["data"], "restricted": answer.get("extensions", {}).get("restricted", [])}


def _exchange(request: urllib.request.Request) -> dict[str, Any]:
    """The body of the answer, whatever its status."""
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - made in `Client.ask`
            body: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            body = json.loads(error.read() or b"{}")
    return body


def _worth_another_try(answer: dict[str, Any]) -> bool:
    codes = {error.get("extensions", {}).get("code") for error in answer.get("errors", [])}
    return "SERVICE_UNAVAILABLE" in codes
