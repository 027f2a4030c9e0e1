"""What the audit costs the event loop: `python -m bench.audit` prints microseconds of CPU per operation.

Measured on operations as they come: who asks, 30 fields, and answers of 100 x 5 and 1,000 x 5 rows, whose rows are
counted too. The flushing thread works meanwhile; its share is part of the figure.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from api.audited import record
from api.granted import Granted, Rows
from api.tokens import Caller
from api.trace import Trace
from bench.machine import described
from graph.governance.audit import AuditLog, verify

OPERATIONS, ROUNDS = 5_000, 9
NODES = Rows(True, False, (("peers", Rows(True, True, ())),))
NESTED = Rows(False, False, (("hcps", Rows(False, False, (("edges", Rows(False, True, (("node", NODES),))),))),))
FIELDS = tuple(f"Hcp.field{number:02d}" for number in range(30))
CALLER = Caller("3f9a0c1e-0000-4000-8000-000000000001", "field_rep", "field_engagement", ("T-1", "T-2", "T-3"))


def answer(rows: int) -> dict[str, Any]:
    """Nodes with five peers each."""
    return {"hcps": {"edges": [{"node": {"npi": "1", "peers": [{"year": 2025}] * 5}} for _ in range(rows)]}}


def trace(data: dict[str, Any] | None) -> Trace:
    """What an operation leaves behind."""
    granted = Granted(FIELDS, NESTED)
    return Trace(
        caller=CALLER,
        policy_version="1",
        policy_fingerprint="f" * 64,
        document="d" * 64,
        operation="Doctors",
        granted=granted,
        rows=0 if data is None else granted.rows.count(data),
        published=7,
    )


def microseconds(audit: AuditLog, data: dict[str, Any] | None, operations: int) -> float:
    """CPU of the calling thread, per operation, without what making the trace itself takes."""
    started = time.thread_time()
    for _ in range(operations):
        trace(None)
    making = time.thread_time() - started
    started = time.thread_time()
    for _ in range(operations):
        record(audit, trace(data))
    return (time.thread_time() - started - making) / operations * 1e6


def say(**figures: object) -> None:
    print(json.dumps(figures))  # noqa: T201


def main() -> None:
    print(described())  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        flushes: list[float] = []
        audit = AuditLog(home, home / "checkpoints", flushes.append)
        for name, data, operations in (
            ("line alone", None, OPERATIONS),
            ("line and 600 rows", answer(100), OPERATIONS // 5),
            ("line and 6,000 rows", answer(1_000), OPERATIONS // 25),
        ):
            found = [microseconds(audit, data, operations) for _ in range(ROUNDS)]
            say(what=name, cpu_us=round(statistics.median(found), 1), worst=round(max(found), 1))
        audit.close()
        lines = sum(one.lines for one in verify(home, home / "checkpoints"))
        size = sum(file.stat().st_size for file in (home / "audit").glob("*/*.jsonl"))
        p50, most = (round(1000 * seconds, 1) for seconds in (statistics.median(flushes), max(flushes)))
        say(lines=lines, bytes_per_line=round(size / lines), flush_p50_ms=p50, flush_max_ms=most)


if __name__ == "__main__":
    main()
