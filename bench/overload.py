"""Three times the capacity: `TWIN_HOME=.demo python -m bench.overload --seconds 60`.

Finds the peak with 16 requests at a time, then sends three times as many per second, at random moments and without
waiting for answers (open loop), and prints goodput, what else was answered, latencies, and the memory of the process.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from api.demo.server import development_token, serving
from bench.machine import described

QUERY = (
    "{ hcps(first: 20) { edges { node { npi lastName firstName state peers(first: 5) { patients hcp { npi } } } } } }"
)
CONNECTIONS = 400


class Client:
    """Plain HTTP/1.1 over kept connections: the client must cost less than the server."""

    def __init__(self, address: str, token: str) -> None:
        url = urlsplit(address)
        body = json.dumps({"query": QUERY}).encode()
        self._place = (str(url.hostname), int(url.port or 80))
        self._request = (
            f"POST /graphql HTTP/1.1\r\nhost: {url.netloc}\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        ).encode() + body
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self) -> int:
        """The status of the answer, read to its end."""
        while True:
            kept = bool(self._idle)
            reader, writer = self._idle.pop() if kept else await asyncio.open_connection(*self._place)
            try:
                writer.write(self._request)
                head = await reader.readuntil(b"\r\n\r\n")
                break
            except (OSError, asyncio.IncompleteReadError):
                writer.close()
                if not kept:  # a kept connection may have been closed meanwhile, a fresh one may not
                    raise
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        self._idle.append((reader, writer))
        return int(head[9:12])

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


async def peak(client: Client, seconds: float) -> float:
    """Answers per second with 16 requests at a time."""
    until, seen = time.monotonic() + seconds, Counter[int]()

    async def one() -> None:
        while time.monotonic() < until:
            status = await client.ask()
            seen[status] += 1

    await asyncio.gather(*(one() for _ in range(16)))
    return seen[200] / seconds


async def overload(client: Client, rate: float, seconds: float) -> tuple[Counter[str], list[float]]:
    """What became of requests that come at ``rate`` per second, and the seconds that answers took."""
    seen: Counter[str] = Counter()
    times: list[float] = []
    room = asyncio.Semaphore(CONNECTIONS)
    chance = random.Random(7)

    async def one() -> None:
        async with room:
            started = time.monotonic()
            try:
                status = await client.ask()
            except (OSError, asyncio.IncompleteReadError) as error:
                seen[type(error).__name__] += 1
                return
            seen[str(status)] += 1
            if status == 200:
                times.append(time.monotonic() - started)

    tasks: set[asyncio.Task[None]] = set()
    due, until = time.monotonic(), time.monotonic() + seconds
    while due < until:
        due += chance.expovariate(rate)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        if room.locked():
            seen["not sent: all connections busy"] += 1
            continue
        task = asyncio.create_task(one())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return seen, times


def megabytes() -> float:
    return max(float(child.memory_info().rss) for child in psutil.Process().children()) / 2**20


async def measured(address: str, token: str, seconds: float) -> dict[str, object]:
    client = Client(address, token)
    await peak(client, 10)
    capacity = await peak(client, min(seconds, 20))
    seen, times = await overload(client, 3 * capacity, 3)
    before = megabytes()
    seen, times = await overload(client, 3 * capacity, seconds)
    after = megabytes()
    client.close()
    return {
        "peak_per_second": round(capacity, 1),
        "offered_per_second": round(sum(seen.values()) / seconds, 1),
        "goodput_share_of_peak": round(seen["200"] / seconds / capacity, 3),
        "answers": dict(seen),
        "p50_ms": round(1000 * statistics.median(times)),
        "p99_ms": round(1000 * statistics.quantiles(times, n=100)[-1]),
        "rss_mb": [round(before, 1), round(after, 1)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    environment = {"TWIN_HOME": str(Path(".demo").absolute()), **os.environ}
    # One client asks all there is to ask.
    environment |= {"TWIN_COST_PER_SECOND": str(10**9), "TWIN_COST_BURST": str(10**9)}
    print(described())  # noqa: T201
    with serving(environment) as address:
        token = development_token(environment, "--role", "market_access")
        print(json.dumps(asyncio.run(measured(address, token, seconds))))  # noqa: T201


if __name__ == "__main__":
    main()
