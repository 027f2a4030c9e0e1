"""Figures for Prometheus, on a port of their own: they tell of everybody's requests, so no role ever reaches them."""

import asyncio
import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import HTTPServer
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from api.engine import Engine
from api.errors import Unavailable
from api.operations import Operations
from api.policies import Policies
from api.trace import Trace
from api.traffic import Traffic
from graph.errors import ConfigurationError
from graph.governance.audit import AuditLog
from graph.settings import Settings

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
SOURCES_SECONDS = 60.0
FLUSH_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.5, 5.0)


class Telemetry:
    """What is counted while requests are answered. A registry of its own: several applications may share a process."""

    def __init__(self, traffic: Traffic) -> None:
        self.registry = CollectorRegistry()
        one: dict[str, Any] = {"registry": self.registry}
        self._requests = Counter("twin_requests", "Requests by role and code.", ["role", "code"], **one)
        self._rejected = Counter("twin_rejected", "Requests to be tried again, by reason.", ["reason"], **one)
        self._seconds = Histogram("twin_request_seconds", "Until the answer could leave.", buckets=SECONDS, **one)
        self._cost = Counter("twin_cost_units", "Values that requests might have returned.", ["role"], **one)
        self._rows = Counter("twin_rows", "Rows in answers.", ["role"], **one)
        self._retries = Counter("twin_statement_retries", "Statements sent again while a refresh committed.", **one)
        self._flush = Histogram(
            "twin_audit_flush_seconds",
            "For how long a line was not on disk.",
            buckets=FLUSH_SECONDS,
            **one,
        )
        in_flight = Gauge("twin_in_flight", "Requests being answered.", **one)
        in_flight.set_function(lambda: traffic.in_flight)
        self._published = Gauge("twin_published_sequence", "Sequence of the last answer.", **one)
        self._counters: dict[tuple[str, str], tuple[Counter, Counter, Counter]] = {}
        self._data_days: dict[str, datetime.date] = {}
        self._server: tuple[HTTPServer, threading.Thread] | None = None
        self.registry.register(_Ages(self))

    def count(self, trace: Trace) -> None:
        """Count a request that was answered or refused."""
        role = "" if trace.caller is None else trace.caller.role
        requests, cost, rows = self._of(role, trace.code or "OK")
        requests.inc()
        self._seconds.observe(trace.seconds)
        if trace.reason is not None:
            self._rejected.labels(trace.reason).inc()
        if trace.cost:
            cost.inc(trace.cost)
        if trace.rows:
            rows.inc(trace.rows)
        if trace.statements > 1:
            self._retries.inc(trace.statements - 1)
        if trace.published is not None:
            self._published.set(trace.published)

    def _of(self, role: str, code: str) -> tuple[Counter, Counter, Counter]:
        """The counters of a role and a code: looked up by label they cost more than counting."""
        found = self._counters.get((role, code))
        if found is None:
            found = self._requests.labels(role, code), self._cost.labels(role), self._rows.labels(role)
            self._counters[role, code] = found
        return found

    def observe_flush(self, seconds: float) -> None:
        """Note for how long the oldest line of a flush had waited."""
        self._flush.observe(seconds)

    def ages(self) -> dict[str, float]:
        """Seconds since the beginning of each source's newest day."""
        now = datetime.datetime.now(datetime.UTC)
        return {
            source: (now - datetime.datetime.combine(day, datetime.time(), datetime.UTC)).total_seconds()
            for source, day in self._data_days.items()
        }

    def serve(self, settings: Settings, operations: Operations, audit: AuditLog, policies: Policies) -> None:
        """Answer scrapers at TWIN_METRICS_PORT; raise `ConfigurationError` when it cannot be used."""
        assert settings.metrics_port is not None  # noqa: S101 - only called with one
        for name, meaning, value in (
            ("twin_audit_sequence", "Lines in this process's chain of the audit.", lambda: audit.sequence),
            ("twin_audit_failing", "1 when the audit cannot be written.", lambda: audit.failure is not None),
            ("twin_audit_lag_seconds", "For how long the oldest line is not on disk.", lambda: audit.lag),
            ("twin_policy_refused", "1 when the last reload was refused.", lambda: policies.refused is not None),
            ("twin_audit_checkpoint_age_seconds", "Since all lines were vouched for.", lambda: audit.checkpoint_age),
        ):
            Gauge(name, meaning, registry=self.registry).set_function(value)
        self.registry.register(_Caches(lambda: operations.cache_uses))
        try:
            self._server = start_http_server(settings.metrics_port, settings.host, self.registry)
        except OSError as error:
            raise ConfigurationError(
                f"TWIN_METRICS_PORT={settings.metrics_port} on {settings.host!r} cannot be used ({error.strerror}): "
                "free it or choose another"
            ) from error

    async def follow_sources(self, engine: Engine) -> None:
        """Look once a minute how old the data of each source are."""
        while True:
            with suppress(Unavailable):
                self._data_days = await engine.data_times()
            await asyncio.sleep(SOURCES_SECONDS)

    def close(self) -> None:
        """Answer scrapers no more."""
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join()


class _Ages:
    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "twin_source_data_age_seconds", "Age of the newest day that a source's data speak of.", labels=["source"]
        )
        for source, seconds in self._telemetry.ages().items():
            family.add_metric([source], seconds)
        yield family


class _Caches:
    def __init__(self, uses: Callable[[], dict[str, tuple[int, int]]]) -> None:
        self._uses = uses

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily("twin_cache", "Look-ups in the caches.", labels=["cache", "found"])
        for cache, (hits, misses) in self._uses().items():
            family.add_metric([cache, "yes"], hits)
            family.add_metric([cache, "no"], misses)
        yield family
