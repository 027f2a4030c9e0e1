"""Therapy starts from claim lines: the feed is computed by the real mapping, without a database."""

from pathlib import Path
from typing import Any

import pytest

from graph.ingest.engine import Connection, engine
from graph.settings import Settings
from tests.graph.ingest.claimed import Claimed

COLUMNS = (
    "claim_id,claim_line_number,person_id,member_id,payer,plan,prescribing_provider_npi,dispensing_provider_npi,"
    "rx_written_date,dispensing_date,ndc_code,quantity,days_supply,refills,fill_number,transaction_type,reject_codes,"
    "patient_pay,plan_pay,received_at"
)
NDC, NPI = "00001000101", "1234567893"
FIRST_DAY = "C0,1,OLD,,Blue,H1-1-0,1234567893,,2024-01-01,2024-01-01,00001000101,30,30,5,0,paid,,,,2024-01-03"
"""The feed begins on 2024-01-01: starts count from 2024-06-29."""


def line(
    claim: str, number: int, written: str, day: str, kind: str, received: str, codes: str = "", fill: int = 0,
    who: str = "P1", pay: str = "",
) -> str:  # fmt: skip
    filled = f"{written},{day},{NDC},30,30,5,{fill}"
    return f"{claim},{number},{who},,Blue,H1-1-0,{NPI},,{filled},{kind},{codes},{pay},,{received}"


class Feed(Claimed):
    """Files of claim lines, each a delivery; one product and one prescriber are known."""

    approve_deletes = True

    def __init__(self, settings: Settings, connection: Connection, folder: Path) -> None:
        super().__init__(settings, connection, folder, "rx_claims")
        connection.execute(
            f"INSERT INTO identifier VALUES ('ndc11', '{NDC}', 'Product', 'prd_1', true, false), "
            f"('npi', '{NPI}', 'HCP', 'hcp_1', true, false)"
        )

    def deliver(self, date: str, *lines: str) -> None:
        path = self.folder / "in" / date / "rx_claims" / "rx_claims.csv"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join([COLUMNS, *lines]) + "\n")
        self.take(date)

    def starts(self) -> list[dict[str, Any]]:
        return sorted(self.rows("TherapyStart"), key=lambda row: str(row["writtenOn"]))


@pytest.fixture
def feed(settings: Settings, connection: Connection, tmp_path: Path) -> Feed:
    return Feed(settings, connection, tmp_path)


def test_rejected_then_paid_within_thirty_days_is_a_dispensed_start(feed: Feed) -> None:
    # given, when
    feed.deliver(
        "2025-01-01",
        FIRST_DAY,
        line("C1", 1, "2024-08-01", "2024-08-01", "rejected", "2024-08-02", "75|569"),
        line("C1", 2, "2024-08-01", "2024-08-10", "rejected", "2024-08-12", "608"),
        line("C1", 3, "2024-08-01", "2024-08-31", "paid", "2024-09-05", pay="25.50"),
        line("C2", 1, "2024-08-01", "2024-09-30", "paid", "2024-10-01", fill=1),
    )

    # then
    (start,) = feed.starts()
    assert {name: start[name] for name in start if not name.startswith("_")} == {
        "writtenOn": "2024-08-01",
        "knownAt": "2024-08-02",
        "supersededAt": None,
        "attempts": 3,
        "rejectCodes": ["75", "569", "608"],
        "rejectGroups": ["PA", "OTHER", "STEP"],
        "rejectKnownAt": ["2024-08-02", "2024-08-02", "2024-08-12"],
        "firstBarrier": "PA",
        "lastBarrier": "STEP",
        "priorAuthorization": True,
        "paidOn": "2024-08-31",
        "paidKnownAt": "2024-09-05",
        "reversedOn": None,
        "reversedKnownAt": None,
        "payments": None,
        "dispensedOn": "2024-08-31",
        "outOfPocket": 25.5,
        "refills": 1,
        "lastSeenOn": "2024-09-30",
    }


Case = tuple[list[str], list[dict[str, Any]]]
CASES: dict[str, Case] = {
    "paid on the 31st day is not dispensed": (
        [line("C1", 1, "2024-08-01", "2024-09-01", "paid", "2024-09-02")],
        [{"dispensedOn": None, "paidOn": "2024-09-01", "lastBarrier": "OTHER", "attempts": 1}],
    ),
    "rejected and never paid": (
        [line("C1", 1, "2024-08-01", "2024-08-01", "rejected", "2024-08-02", "MR")],
        [{"dispensedOn": None, "paidOn": None, "firstBarrier": "COVERAGE", "lastBarrier": "COVERAGE", "refills": 0}],
    ),
    "a reject without a code is OTHER": (
        [line("C1", 1, "2024-08-01", "2024-08-01", "rejected", "2024-08-02")],
        [{"rejectCodes": [""], "rejectGroups": ["OTHER"], "lastBarrier": "OTHER", "priorAuthorization": False}],
    ),
    "paid and reversed is COST, whatever was rejected before": (
        [
            line("C1", 1, "2024-08-01", "2024-08-01", "rejected", "2024-08-02", "76"),
            line("C1", 2, "2024-08-01", "2024-08-03", "paid", "2024-08-04"),
            line("C1", 3, "2024-08-01", "2024-08-06", "reversed", "2024-08-09"),
        ],
        [
            {
                "firstBarrier": "LIMIT",
                "lastBarrier": "COST",
                "dispensedOn": None,
                "reversedOn": "2024-08-06",
                "reversedKnownAt": "2024-08-09",
            }
        ],
    ),
    "paid too late and reversed keeps the barrier that cost the time": (
        [
            line("C1", 1, "2024-08-01", "2024-08-01", "rejected", "2024-08-02", "75"),
            line("C1", 2, "2024-08-01", "2024-09-10", "paid", "2024-09-11"),
            line("C1", 3, "2024-08-01", "2024-09-10", "reversed", "2024-09-12"),
        ],
        [{"lastBarrier": "PA", "dispensedOn": None, "paidOn": "2024-09-10", "reversedOn": "2024-09-10"}],
    ),
    "paid again after a reversal is dispensed": (
        [
            line("C1", 1, "2024-08-01", "2024-08-03", "paid", "2024-08-04"),
            line("C1", 2, "2024-08-01", "2024-08-03", "reversed", "2024-08-09"),
            line("C1", 3, "2024-08-01", "2024-08-20", "paid", "2024-08-21"),
        ],
        [
            {
                "dispensedOn": "2024-08-20",
                "paidOn": "2024-08-20",
                "reversedOn": None,
                "payments": ["2024-08-03 2024-08-04 2024-08-03 2024-08-09", "2024-08-20 2024-08-21 - -"],
                "attempts": 2,
                "lastBarrier": None,
            }
        ],
    ),
    "a payment that arrives late counts instead of a later one": (
        [
            line("C1", 1, "2024-08-01", "2024-08-03", "paid", "2024-08-29"),
            line("C2", 1, "2024-08-01", "2024-08-20", "paid", "2024-08-21"),
        ],
        [{"paidOn": "2024-08-03", "payments": ["2024-08-03 2024-08-29 - -", "2024-08-20 2024-08-21 - -"]}],
    ),
    "a renewed prescription is no start": (
        [
            line("C1", 1, "2024-08-01", "2024-08-01", "paid", "2024-08-02"),
            line("C2", 1, "2024-09-01", "2024-09-02", "paid", "2024-09-03"),
        ],
        [{"writtenOn": "2024-08-01", "refills": 1}],
    ),
    "180 days without a line begin anew, 179 do not": (
        [
            line("C1", 1, "2024-08-01", "2024-08-01", "paid", "2024-08-02"),
            line("C2", 1, "2025-01-28", "2025-01-28", "paid", "2025-01-29"),
            line("C3", 1, "2025-07-28", "2025-07-28", "paid", "2025-07-29"),
        ],
        [{"writtenOn": "2024-08-01"}, {"writtenOn": "2025-07-28"}],
    ),
    "the first 180 days of the feed prove nothing": (
        [
            line("C1", 1, "2024-06-28", "2024-06-28", "paid", "2024-06-29"),
            line("C2", 1, "2024-06-29", "2024-06-29", "paid", "2024-06-30", who="P2"),
        ],
        [{"writtenOn": "2024-06-29"}],
    ),
    "a prescription of which only refills were seen is no start": (
        [
            line("C2", 1, "2024-08-01", "2024-09-02", "paid", "2024-09-03", fill=1),
            line("C3", 1, "2024-08-01", "2024-10-02", "rejected", "2024-10-03", "75", fill=2),
        ],
        [],
    ),
    "its next prescription is none either within 180 days": (
        [
            line("C2", 1, "2024-08-01", "2024-09-02", "paid", "2024-09-03", fill=1),
            line("C3", 1, "2024-10-01", "2024-10-02", "paid", "2024-10-03"),
        ],
        [],
    ),
    "a first fill that arrives after its refill makes the start known when it arrives": (
        [
            line("C1", 1, "2024-08-01", "2024-08-03", "paid", "2024-09-20"),
            line("C2", 1, "2024-08-01", "2024-09-02", "paid", "2024-09-03", fill=1),
        ],
        [{"writtenOn": "2024-08-01", "knownAt": "2024-09-20", "dispensedOn": "2024-08-03", "refills": 1}],
    ),
    "a reversal alone is no start": (
        [line("C1", 1, "2024-08-01", "2024-08-01", "reversed", "2024-08-02")],
        [],
    ),
    "a second script during rejections belongs to the first": (
        [
            line("C1", 1, "2024-08-01", "2024-08-01", "rejected", "2024-08-02", "75"),
            line("C2", 1, "2024-08-11", "2024-08-12", "paid", "2024-08-13"),
        ],
        [{"writtenOn": "2024-08-01", "dispensedOn": "2024-08-12", "attempts": 2}],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_journeys(feed: Feed, name: str) -> None:
    # given
    lines, expected = CASES[name]

    # when
    feed.deliver("2025-12-01", FIRST_DAY, *lines)

    # then
    found = feed.starts()
    assert len(found) == len(expected)
    assert [{key: start[key] for key in wanted} for start, wanted in zip(found, expected, strict=True)] == expected


def test_a_late_line_supersedes_a_start_and_nothing_is_deleted(feed: Feed) -> None:
    # given
    feed.deliver("2024-09-01", FIRST_DAY, line("C1", 1, "2024-08-01", "2024-08-01", "paid", "2024-08-02"))
    (before,) = feed.starts()
    assert before["supersededAt"] is None

    # when an earlier payment arrives late
    feed.deliver("2024-10-01", line("C9", 1, "2024-03-01", "2024-04-01", "paid", "2024-09-20", fill=1))

    # then it still is what was believed until then
    (after,) = feed.starts()
    assert (after["_id"], after["writtenOn"]) == (before["_id"], "2024-08-01")
    assert (after["knownAt"], after["supersededAt"]) == ("2024-08-02", "2024-09-20")


def _in_order(feed: Feed, order: tuple[int, ...]) -> list[dict[str, Any]]:
    files = [
        [FIRST_DAY, line("C1", 1, "2024-08-01", "2024-08-01", "rejected", "2024-08-02", "75")],
        [line("C1", 2, "2024-08-01", "2024-08-09", "paid", "2024-08-15")],
        [line("C1", 3, "2024-08-01", "2024-08-09", "reversed", "2024-08-30")],
    ]
    for at in order:
        feed.deliver(f"2024-09-0{at + 1}", *files[at])
    return [{key: row[key] for key in row if key not in ("_record",)} for row in feed.starts()]


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (2, 1, 0)])
def test_the_order_of_deliveries_does_not_matter(feed: Feed, tmp_path: Path, order: tuple[int, ...]) -> None:
    # given
    expected = _in_order(feed, (0, 1, 2))

    # when
    settings = Settings.load({"TWIN_HOME": str(tmp_path / "home")})
    with engine(settings) as connection:
        found = _in_order(Feed(settings, connection, tmp_path / "other"), order)

    # then
    assert len(expected) == 1
    assert found == expected


def test_lines_counted_by_month(feed: Feed) -> None:
    # given, when
    feed.deliver(
        "2025-01-01",
        FIRST_DAY,
        line("C1", 1, "2024-07-31", "2024-08-01", "paid", "2024-08-02"),
        line("C2", 1, "2024-07-31", "2024-08-31", "paid", "2024-09-02", fill=1),
        line("C3", 1, "2024-07-31", "2024-09-30", "paid", "2024-10-02", fill=2),
        line("C3", 2, "2024-07-31", "2024-09-30", "reversed", "2024-10-05", fill=2),
    )

    # then
    rows = [(row["month"], row["trx"], row["nrx"], row["nbrx"]) for row in feed.rows("PRESCRIBED")]
    assert rows == [("2024-01-01", 1, 1, 0), ("2024-07-01", 0, 0, 1), ("2024-08-01", 2, 1, 0)]


def test_an_unknown_package_code_is_put_aside(feed: Feed) -> None:
    # given
    wrong = line("C1", 1, "2024-08-01", "2024-08-01", "paid", "2024-08-02").replace(NDC, "99999000101")

    # when
    feed.deliver("2025-01-01", FIRST_DAY, wrong)

    # then
    assert feed.put_aside() == [
        ("claims", "2025-01-01/rx_claims/rx_claims.csv", 3, "ndc_code", "is not known as ndc11", "99999000101")
    ]
    assert feed.starts() == []
    assert len(feed.rows("Patient")) == 1
