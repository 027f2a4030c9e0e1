"""Fifty people ask the API while refreshes change everything they look at: nobody sees half of one."""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api.demo.client import Client, RequestRefused
from api.demo.server import development_token, serving
from tests.faults.harness import Twin
from tests.faults.nights import NPIS
from tests.graph.conftest import Deliveries
from tests.graph.registry import person

READERS, REFRESHES = 50, 8
QUESTION = """query Cities($npis: [String!]!) {
  hcps(first: 100, where: {npi: {in: $npis}}) { edges { node { npi city } } }
}"""


@dataclass(slots=True)
class Seen:
    """What readers were told: how often which city was everybody's, and the answers in which two were mixed."""

    whole: Counter[str] = field(default_factory=Counter)
    torn: list[dict[str, int]] = field(default_factory=list)
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, cities: list[str]) -> None:
        with self.lock:
            if len(set(cities)) == 1:
                self.whole[cities[0]] += 1
            else:
                self.torn.append(dict(Counter(cities)))


def read(client: Client, done: threading.Event, seen: Seen) -> None:
    while not done.is_set():
        try:
            edges = client.ask(QUESTION, {"npis": NPIS})["hcps"]["edges"]
        except RequestRefused:
            with seen.lock:
                seen.refused += 1
            continue
        seen.add([edge["node"]["city"] for edge in edges])


@pytest.mark.thorough
def test_f23_fifty_readers_never_see_half_a_refresh(twin: Twin, tmp_path: Path) -> None:
    # given everybody in one town, and nights on which all move
    built = Deliveries(tmp_path / "moves")
    days = [datetime.date(2025, 1, 1) + datetime.timedelta(days=number) for number in range(REFRESHES + 1)]
    for number, day in enumerate(days):
        built.nppes(day.isoformat(), *(person(npi, city=f"TOWN {number}") for npi in NPIS))
    twin.deliveries = built.folder
    twin.run("refresh", "--from", built.folder, "--as-of", days[0].isoformat())
    environment = twin.environment()
    seen, done = Seen(), threading.Event()

    # when
    with serving(environment) as address:
        client = Client(address, development_token(environment, "--role", "market_access"))
        assert len(client.ask(QUESTION, {"npis": NPIS})["hcps"]["edges"]) == len(NPIS)
        readers = [threading.Thread(target=read, args=(client, done, seen)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            for day in days[1:]:
                ended = twin.refresh(until=day.isoformat())
                assert ended.code == 0, ended.errors
        finally:
            done.set()
            for reader in readers:
                reader.join()

    # then
    assert seen.torn == []
    assert len(seen.whole) >= REFRESHES, seen.whole
    assert sum(seen.whole.values()) >= 10 * READERS
    with twin.store() as store:
        twin.must_be_clean(store)
