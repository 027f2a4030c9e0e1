"""Figures for Prometheus: on their own port, right, and of nobody's data."""

import socket
import subprocess
import sys

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from api.errors import Unavailable
from api.telemetry import Telemetry
from api.tokens import Caller, development_key, sign
from api.trace import Trace
from api.traffic import Traffic
from graph.settings import Settings
from tests.api.conftest import Api
from tests.api.test_serving import environment, running

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_scraper_reads_what_happened(api: Api, api_settings: Settings) -> None:
    port = free_port()
    # given a real server with a port for figures, and a few requests
    caller = Caller("tester", "market_access", "access_strategy")
    token = sign(development_key(api_settings), caller)
    headers = {"authorization": f"Bearer {token}"}
    with (
        running(api_settings, TWIN_METRICS_PORT=str(port)) as (_, address),
        httpx2.Client(base_url=address, headers=headers, timeout=20) as client,
    ):
        for _ in range(3):
            assert client.post("/graphql", json={"query": '{ product(id: "OWN-1") { brand } }'}).status_code == 200
        client.post("/graphql", json={"query": "{ nothing }"})
        client.post("/graphql", json={"query": "{ a }"}, headers={"authorization": "Bearer x"})
        # when a scraper comes
        scraped = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=20)
        on_the_api = client.get("/metrics")
    # then it reads them
    found = samples(scraped.text)
    role = ("role", "market_access")
    assert found["twin_requests_total", (("code", "OK"), role)] == 3
    assert found["twin_requests_total", (("code", "GRAPHQL_VALIDATION_FAILED"), role)] == 1
    assert found["twin_requests_total", (("code", "UNAUTHENTICATED"), ("role", ""))] == 1
    assert found["twin_request_seconds_count", ()] == 5
    assert found["twin_rows_total", (role,)] == 3
    assert found["twin_cost_units_total", (role,)] == 6
    assert found["twin_published_sequence", ()] == 7
    assert found["twin_in_flight", ()] == 0
    assert found["twin_statement_retries_total", ()] == 0
    assert found["twin_audit_sequence", ()] == 6
    assert found["twin_audit_failing", ()] == 0
    assert found["twin_policy_refused", ()] == 0
    assert found["twin_audit_lag_seconds", ()] < 5
    assert found["twin_audit_checkpoint_age_seconds", ()] < 60
    assert found["twin_audit_flush_seconds_count", ()] >= 1
    assert found["twin_cache_total", (("cache", "plan"), ("found", "yes"))] >= 2
    assert found["twin_cache_total", (("cache", "document"), ("found", "no"))] >= 2
    assert found["twin_source_data_age_seconds", (("source", "nppes"),)] > 0
    # and nobody else does
    assert (on_the_api.status_code, "twin_" in on_the_api.text) == (404, False)
    assert "tester" not in scraped.text


def test_a_port_for_figures_that_is_taken_is_an_error(api: Api, api_settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", "serve"],
            env=environment(api_settings, TWIN_METRICS_PORT=str(number)),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"error: TWIN_METRICS_PORT={number} on '127.0.0.1' cannot be used")


def test_what_is_turned_away_is_counted_by_reason_and_torn_reads_as_retries() -> None:
    telemetry = Telemetry(Traffic())
    for reason in ("busy", "late", "busy"):
        trace = Trace()
        trace.refuse(Unavailable("later", reason))
        telemetry.count(trace)
    telemetry.count(Trace(statements=4, published=9))
    one = telemetry.registry.get_sample_value
    assert one("twin_rejected_total", {"reason": "busy"}) == 2
    assert one("twin_rejected_total", {"reason": "late"}) == 1
    assert one("twin_statement_retries_total") == 3
    assert one("twin_published_sequence") == 9
