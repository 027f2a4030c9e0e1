"""One JSON line per request, and nothing of a request, a variable or the graph in any line, whoever logs it."""

import io
import json
import logging
import subprocess
import warnings
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from api.logs import write_json_logs
from api.tokens import Caller, development_key, sign
from graph.settings import Settings
from tests.api.conftest import Api, Asker
from tests.api.test_serving import production, running

KEYS = {"time", "level", "logger", "message", "request", "role", "status", "code", "reason", "milliseconds",
        "document", "cost", "rows", "statements"}  # fmt: skip


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the logs of production would be, with every logger at DEBUG."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("twin", "neo4j", "uvicorn", "strawberry", "asyncio")}
    stream = io.StringIO()
    write_json_logs("production", stream)
    root.setLevel(logging.DEBUG)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_request_is_one_line_with_fixed_keys(rep: Asker, logged: io.StringIO) -> None:
    response = rep.post("{ hcps(first: 2) { edges { node { npi } } } }")
    (line,) = [line for line in lines(logged) if line.get("message") == "request"]
    assert set(line) == KEYS
    assert (line["request"], line["role"]) == (response.headers["x-request-id"], "field_rep")
    assert (line["status"], line["code"], line["rows"], line["statements"]) == (200, None, 2, 1)
    assert line["milliseconds"] > 0


def test_no_logger_at_debug_says_a_literal_a_variable_or_a_value(
    rep: Asker, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given canaries in literals, variables, names, tokens, bodies, and in the texts of failures within
    rep.post('{ hcps(where: {lastName: {eq: "CANARY-literal"}}) { edges { node { lastName firstName } } } }')
    rep.post("query ($n: String!) { hcp(npi: $n) { npi lastName } }", n="CANARY-variable")
    rep.post("query ($n: Int!) { hcps(first: $n) { totalCount } }", n="CANARY-type")
    rep.post("{ CANARYfield }")
    rep.post("{ 'CANARY-syntax")
    rep.client.post("/graphql", content=b"{CANARY", headers={"content-type": "application/json"})
    rep.client.post("/graphql", json={"query": "{ a }"}, headers={"authorization": "Bearer CANARY.token.x"})
    rep.client.get("/CANARY-path?q=CANARY")
    engine = rep.client.app.state.engine  # type: ignore[attr-defined]

    async def failing(_text: str, _parameters: dict[str, Any]) -> None:
        raise ValueError("CANARY-exception")

    monkeypatch.setattr(engine, "_once", failing)
    assert rep.post("{ hcps { totalCount } }").status_code == 500
    # and in what libraries say on their own
    for name in ("neo4j.io", "strawberry.execution", "uvicorn.error", "asyncio", "anything"):
        try:
            raise RuntimeError("CANARY-raised")
        except RuntimeError:
            logging.getLogger(name).exception("CANARY-text %s", "CANARY-argument", extra={"CANARY": "CANARY"})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("CANARY-warning", UserWarning, stacklevel=1)
    # then there are lines of all of them, and no canary and no doctor in any
    found = lines(logged)
    assert {"neo4j.io", "strawberry.execution", "uvicorn.error", "asyncio", "twin.api", "py.warnings"} <= {
        line["logger"] for line in found
    }
    assert [line["exception"] for line in found if line["logger"] == "strawberry.execution"] == ["RuntimeError"]
    assert sum(line.get("message") == "request" for line in found) == 8
    text = logged.getvalue()
    assert "CANARY" not in text
    assert "Name0" not in text
    assert "totalCount" not in text


def test_the_process_logs_requests_in_production_and_only_trouble_in_development(
    api: Api, api_settings: Settings
) -> None:
    caller = Caller("tester", "market_access", "access_strategy")
    headers = {"authorization": f"Bearer {sign(development_key(api_settings), caller)}"}
    errors = {}
    for profile, more in (("production", production(api_settings)), ("development", {})):
        with running(api_settings, stderr=subprocess.PIPE, **more) as (process, address):
            with httpx2.Client(base_url=address, headers=headers, timeout=20) as client:
                assert client.post("/graphql", json={"query": "{ viewer { role } }"}).status_code == 200
            process.terminate()
            _, errors[profile] = process.communicate(timeout=20)
    found = [json.loads(line) for line in errors["production"].splitlines()]
    assert [(line["logger"], line["role"], line["status"]) for line in found] == [("twin.api", "market_access", 200)]
    assert errors["development"] == ""
