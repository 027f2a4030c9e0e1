"""Kept tables: what many small deliveries leave is what one computation of everything gives."""

from pathlib import Path
from random import Random

import pytest

from graph.ingest.engine import Connection
from graph.settings import Settings
from tests.graph.ingest.test_therapy_starts import FIRST_DAY, NPI, Feed, line

OTHER = "1245319599"
"""The number of an account: no prescriber, so that what it wrote is put aside."""
TARGETS = ("Patient", "TherapyStart", "WRITTEN_BY", "COVERED_BY", "PRESCRIBED")


@pytest.fixture
def feed(settings: Settings, connection: Connection, tmp_path: Path) -> Feed:
    made = Feed(settings, connection, tmp_path)
    connection.execute(f"INSERT INTO identifier VALUES ('npi', '{OTHER}', 'Account', 'acc_1', true, false)")
    return made


def _day(random: Random, month: int) -> str:
    return f"2024-{month:02d}-{random.randint(1, 28):02d}"


def _lines(random: Random, people: int, number: int) -> list[str]:
    """Lines of claims that are new, told again with another amount, rejected, or taken back."""
    made = []
    for _ in range(number):
        who, claim = random.randrange(people), random.randrange(3)
        month = 7 + claim
        written = f"2024-{month:02d}-01"
        kind = random.choice(["paid", "paid", "rejected", "reversed"])
        text = line(
            f"C{who}-{claim}", random.randint(1, 3), written, _day(random, month), kind, f"2024-12-{month:02d}",
            random.choice(["", "75", "76|608"]), who=f"P{who}", pay=str(random.randint(1, 9)),
        )  # fmt: skip
        made.append(text.replace(NPI, OTHER) if who % 7 == 0 else text)
    return made


def _said(feed: Feed, folder: Path | None = None) -> dict[str, list[dict[str, object]]]:
    """The claims without what tells when, and by which run, something was said first."""
    history = ("_record", "_known_at", "_valid_at", "_restated", "_run")
    rows = {target: feed.rows(target, folder) for target in TARGETS}
    return {
        target: [{name: row[name] for name in row if name not in history} for row in found if not row["_gone"]]
        for target, found in rows.items()
    }


def _prepared(feed: Feed, name: str) -> Path:
    return feed.folder / "prepared" / "rx_claims" / name


@pytest.mark.parametrize("seed", range(2))
def test_many_small_deliveries_equal_one_computation(feed: Feed, tmp_path: Path, seed: int) -> None:
    # given: a feed of sixty persons
    random = Random(seed)
    feed.deliver("2025-01-01", FIRST_DAY, *_lines(random, 60, 300))
    newer = []

    for day in range(2, 10):
        # when a few of them are told of again
        feed.deliver(f"2025-01-{day:02d}", *_lines(random, 60, 12))
        newer.append(_prepared(feed, "payment.newer.parquet").exists())

        # then what is claimed is what all files together say
        assert feed.scope.partial
        feed.claim_all_anew(tmp_path / f"anew-{day}", f"2025-01-{day:02d}")
        assert _said(feed) == _said(feed, tmp_path / f"anew-{day}")

    # and rows went beside the base until they were too many, then into it
    assert newer[0]
    assert not all(newer)
    assert _said(feed)["PRESCRIBED"]


def test_what_a_group_puts_aside_stays_listed_when_others_are_told_of(feed: Feed) -> None:
    # given: one whose prescriber is no person, and one to be told of
    strange = line("C1", 1, "2024-08-01", "2024-08-01", "paid", "2024-08-02").replace(NPI, OTHER)
    plain = line("C2", 1, "2024-08-01", "2024-08-01", "paid", "2024-08-02", who="P2", pay="1")
    feed.deliver("2025-01-01", FIRST_DAY, strange, plain)

    before = feed.put_aside()
    assert ("PRESCRIBED", 3) in [(table, line) for table, _, line, *_ in before]

    # when
    feed.deliver("2025-01-02", plain.replace(",1,,2024-08-02", ",2,,2024-08-02"))

    # then
    assert feed.scope.partial
    assert feed.put_aside() == before
