"""A GraphQL client of a few lines: what any front end does."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from graph.errors import TwinError


class RequestRefused(TwinError):
    """The API answered with errors instead of data."""


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
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            answer = json.loads(error.read() or b"{}")
        if "data" not in answer or answer.get("errors"):
            problems = "; ".join(error["message"] for error in answer.get("errors", [])) or "no data"
            raise RequestRefused(f"the API refused the question: {problems}")
        return {**answer["data"], "restricted": answer.get("extensions", {}).get("restricted", [])}
