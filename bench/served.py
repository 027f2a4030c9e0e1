"""Latency and memory of the served API on a built twin: `TWIN_HOME=.demo python -m bench.served`.

Prints, for the demonstration's question as each role, the median and the 95th percentile over one connection at a time,
beside the same for a question that needs no data (`viewer`), measured alternately in the same run; then the memory of
the process after all requests.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from api.demo import question
from api.demo.client import Client
from api.demo.server import development_token, serving

REQUESTS = 200
VIEWER = "query Viewer { viewer { role } }"


def milliseconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - started)


def paired(one: Callable[[], object], other: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Times of both in turn, after ten of each to warm up."""
    for _ in range(10):
        one()
        other()
    pairs = [(milliseconds(one), milliseconds(other)) for _ in range(REQUESTS)]
    return [first for first, _ in pairs], [second for _, second in pairs]


def line(name: str, times: list[float], floor: list[float]) -> str:
    middle, top = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return f"{name}: p50 {middle:.1f} ms, p95 {top:.1f} ms, viewer p50 {statistics.median(floor):.1f} ms"


def memory_of_children() -> str:
    """Resident memory of the served process, the only child of this one."""
    served = psutil.Process().children()
    return ", ".join(f"{child.memory_info().rss / 2**20:.0f} MB" for child in served)


def main() -> None:
    environment = {"TWIN_HOME": str(Path(".demo").absolute()), **os.environ}
    with serving(environment) as address:
        access = Client(address, development_token(environment, "--role", "market_access"))
        product = question.own_product(access)
        territory = question.ask_market_access(access, product, "territory", 1)[0]["territory"]["territoryId"]
        rep = Client(address, development_token(environment, "--role", "field_rep", "--territory", territory))
        asked = paired(lambda: question.ask_field_rep(rep, product, 50), lambda: rep.ask(VIEWER))
        print(line("field rep, 50 HCPs and plans", *asked))  # noqa: T201
        asked = paired(lambda: question.ask_market_access(access, product, "plan", 40), lambda: access.ask(VIEWER))
        print(line("market access, 40 plans", *asked))  # noqa: T201
        print(json.dumps({"rss": memory_of_children(), "requests": REQUESTS}))  # noqa: T201


if __name__ == "__main__":
    main()
