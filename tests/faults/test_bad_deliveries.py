"""Deliveries that come twice, broken, thin or not at all: what is wrong is put aside or held, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.ingest.report import RefreshReport, SourceReport
from graph.settings import Settings
from graph.store import Store
from tests.faults.nights import MEMBER, NPIS, PERSON, claim
from tests.graph.conftest import CLAIM_COLUMNS, Deliveries
from tests.graph.registry import everything, person, put_aside

Run = Callable[..., RefreshReport]
FIRST, SECOND, THIRD, FOURTH = "2025-01-01", "2025-01-08", "2025-01-15", "2025-01-22"
OPT_OUTS = "pdrp/pdrp.csv"


def source(report: RefreshReport, name: str) -> SourceReport:
    (found,) = [one for one in report.sources if one.name == name]
    return found


def changes(store: Store) -> int:
    return int(store.read("MATCH (c:Change) RETURN count(c) AS n")[0]["n"])


def starts_seen(store: Store) -> int:
    return int(store.read("MATCH (:HCP)-[r:PRESCRIBED]->(:Product) RETURN coalesce(sum(r.trx), 0) AS n")[0]["n"])


@pytest.fixture
def known(deliveries: Deliveries, run: Run) -> None:
    """Thirty people of the registry and two products are known."""
    deliveries.nppes(FIRST, *(person(npi) for npi in NPIS))
    deliveries.products(FIRST)
    deliveries.manifest(FIRST)
    run()


def test_f10_the_same_file_twice_writes_nothing(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given a file of claims, and the same content delivered again a week later
    lines = [claim(number, NPIS[number], "2024-12-05", "2025-01-06") for number in range(10)]
    deliveries.claims(SECOND, *lines)
    run()
    before, logged = everything(neo4j_empty), changes(neo4j_empty)
    deliveries.claims(THIRD, *lines)

    # when
    again, replayed = run(), run()

    # then
    for report in (again, replayed):
        assert (report.write_transactions, report.strict_exit) == (0, 10)
    assert (everything(neo4j_empty), changes(neo4j_empty)) == (before, logged)


def test_f11_duplicates_in_one_file_have_one_winner(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given: one person twice with the same words, one with three different cities
    deliveries.nppes(
        SECOND,
        person(NPIS[0], city="NEWTOWN"),
        person(NPIS[0], city="NEWTOWN"),
        person(NPIS[1], city="FIRSTTOWN"),
        person(NPIS[1], city="OTHERTOWN"),
        person(NPIS[1], city="LASTTOWN"),
    )

    # when
    report = run()

    # then the last line counts, and every row is accounted for
    rows = neo4j_empty.read("MATCH (n:HCP) WHERE n.npi IN $npis RETURN n.city AS city ORDER BY n.npi", npis=NPIS[:2])
    assert [row["city"] for row in rows] == ["NEWTOWN", "LASTTOWN"]
    assert (source(report, "nppes").rows_in, source(report, "nppes").rows_quarantined) == (5, 0)
    assert run().write_transactions == 0


POISON = {
    "letters for a number": claim(1, NPIS[1], "2024-12-05", "2025-01-06").replace(",30,30,", ",many,30,"),
    "not a number": claim(2, NPIS[2], "2024-12-05", "2025-01-06").replace(",20.0,", ",NaN,"),
    "infinite": claim(3, NPIS[3], "2024-12-05", "2025-01-06").replace(",20.0,", ",inf,"),
    "two to the 63rd": claim(4, NPIS[4], "2024-12-05", "2025-01-06").replace(",30,30,5,", f",30,30,{2**63},"),
    "a day that is none": claim(5, NPIS[5], "2024-12-05", "2025-01-06").replace("2025-01-06", "2025-02-30"),
    "a wrong check digit": claim(6, NPIS[6][:-1] + str((int(NPIS[6][-1]) + 1) % 10), "2024-12-05", "2025-01-06"),
    "a kind nobody knows": claim(7, NPIS[7], "2024-12-05", "2025-01-06", kind="guessed"),
    "too few fields": f"C00008,1,{PERSON}-008",
}


def poisoned() -> bytes:
    """A byte order mark, mixed ends of lines, good rows between bad ones, and bytes that are no text."""
    good = [claim(number, NPIS[number % 20], "2024-12-05", "2025-01-06") for number in range(100, 140)]
    lines = [line.encode() for pair in zip(good, POISON.values(), strict=False) for line in pair]
    lines += [line.encode() for line in good[len(POISON) :]]
    lines.append(claim(8, NPIS[8], "2024-12-05", "2025-01-06").encode().replace(b"Blue", b"Bl\xff\xfeue"))
    lines.append(claim(9, NPIS[9], "2024-12-05", "2025-01-06").encode().replace(b"Blue", b"\xed\xa0\x80"))
    lines.append(claim(10, NPIS[10], "2024-12-05", "2025-01-06").encode().replace(b"Blue", b"Bl\x00ue"))
    ends = (b"\n", b"\r\n")
    head = b"\xef\xbb\xbf" + CLAIM_COLUMNS.encode() + b"\n"
    return head + b"".join(line + ends[at % 2] for at, line in enumerate(lines))


def test_f14_poison_is_put_aside_with_its_reason_and_the_rest_loads(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    path = deliveries.add(SECOND, "rx_claims/rx_claims_20250108.csv", "")
    path.write_bytes(poisoned())

    # when
    report = run()

    # then
    claims = source(report, "rx_claims")
    assert claims.state == "loaded", claims.reason
    assert claims.rows_in == 40 + len(POISON) + 3
    assert claims.rows_quarantined == len(POISON) + 3
    assert report.strict_exit == 20
    aside = put_aside(neo4j_settings, "rx_claims")
    assert all(reason for _, _, _, reason, _ in aside)
    assert starts_seen(neo4j_empty) == 40
    shown = repr(aside)
    assert PERSON not in shown
    assert MEMBER not in shown


def test_f14_fields_of_any_length_are_taken_or_put_aside(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given fields longer than what Python's reader takes, and one of ten million characters
    lines = [claim(number, NPIS[number], "2024-12-05", "2025-01-06") for number in range(12)]
    lines[3] = lines[3].replace("Blue", "B" * 140_000)
    lines[7] = lines[7].replace("Blue", "B" * 10_000_000)
    deliveries.claims(SECOND, *lines)

    # when
    report = run()

    # then
    claims = source(report, "rx_claims")
    assert claims.state == "loaded", claims.reason
    assert (claims.rows_in, claims.rows_loaded + claims.rows_quarantined) == (12, 12)
    assert starts_seen(neo4j_empty) == claims.rows_loaded
    assert len(put_aside(neo4j_settings, "rx_claims")) == claims.rows_quarantined == 2


def test_f16_a_file_of_which_three_in_ten_rows_are_bad_is_held(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given three numbers in ten with a wrong check digit
    wrong = [npi[:-1] + str((int(npi[-1]) + 1) % 10) for npi in NPIS]
    who = [(wrong if number % 10 < 3 else NPIS)[number % 20] for number in range(100)]
    lines = [claim(number, npi, "2024-12-05", "2025-01-06") for number, npi in enumerate(who)]
    deliveries.claims(SECOND, *lines)
    before = everything(neo4j_empty)

    # when
    report = run()

    # then
    held = source(report, "rx_claims")
    assert (held.state, report.strict_exit, report.write_transactions) == ("held", 40, 0)
    assert "30 of 100" in str(held.reason)
    assert everything(neo4j_empty) == before


@pytest.mark.parametrize("broken", ["cut off", "wrong checksum", "not as long as listed"])
def test_f17_a_file_that_is_not_whole_is_refused(
    broken: str, known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given
    lines = [f"{npi},2024-06-01" for npi in NPIS]
    path = deliveries.add(SECOND, OPT_OUTS, "\n".join(["npi,opt_out_date", *lines]) + "\n")
    whole = path.read_bytes()
    if broken == "not as long as listed":
        deliveries.manifest(SECOND, rows=len(NPIS) + 1)
    else:
        deliveries.manifest(SECOND)
        path.write_bytes(whole[: len(whole) // 2] if broken == "cut off" else whole.replace(b"06-01", b"06-02"))
    before = everything(neo4j_empty)

    # when
    report = run()

    # then
    assert (source(report, "pdrp").state, report.strict_exit) == ("held", 40)
    assert "deliver it again" in str(source(report, "pdrp").reason)
    assert everything(neo4j_empty) == before


def test_f17_without_a_manifest_nothing_is_taken_away(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given opt-outs, and a later file with fewer of them that nobody has said to be whole
    deliveries.add(SECOND, OPT_OUTS, f"npi,opt_out_date\n{NPIS[0]},2024-06-01\n{NPIS[1]},2024-06-01\n")
    deliveries.manifest(SECOND)
    run()
    deliveries.add(THIRD, OPT_OUTS, f"npi,opt_out_date\n{NPIS[2]},2024-06-01\n")

    # when
    report = run()

    # then
    assert source(report, "pdrp").state == "loaded"
    assert neo4j_empty.read("MATCH (n:HCP) WHERE n.optedOutOn IS NOT NULL RETURN count(n) AS n") == [{"n": 3}]


def test_f17_a_file_that_is_still_growing_is_refused(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given a writer that is not done
    lines = [claim(number, NPIS[number % 20], "2024-12-05", "2025-01-06") for number in range(100_000)]
    deliveries.claims(SECOND, *lines)
    path = deliveries.folder / SECOND / "rx_claims" / "rx_claims_20250108.csv"
    done = threading.Event()
    before = everything(neo4j_empty)

    def grow() -> None:
        with path.open("a", encoding="utf-8") as file:
            number = 100_000
            while not done.wait(0.005):
                file.write(claim(number, NPIS[0], "2024-12-05", "2025-01-06") + "\n")
                file.flush()
                number += 1

    writer = threading.Thread(target=grow)
    writer.start()

    # when
    try:
        report = run()
    finally:
        done.set()
        writer.join()

    # then
    assert (source(report, "rx_claims").state, report.strict_exit) == ("held", 40)
    assert "growing" in str(source(report, "rx_claims").reason)
    assert everything(neo4j_empty) == before

    # when the writer is done
    assert source(run(), "rx_claims").state == "loaded"


def test_f18_a_source_that_is_missing_three_times_stays_as_it_is(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given claims once, and three weeks of the registry without them
    deliveries.claims(FIRST, *(claim(number, NPIS[number], "2024-12-05", "2024-12-31") for number in range(10)))
    run()
    for number, day in enumerate((SECOND, THIRD, FOURTH)):
        deliveries.nppes(day, person(NPIS[number], city="NEWTOWN"))
        deliveries.manifest(day)

    # when
    report = run()

    # then the others went on, nothing was taken away, and the ledger says since when a delivery is due
    assert source(report, "nppes").updated == 3
    assert starts_seen(neo4j_empty) == 10
    told = neo4j_empty.read(
        "MATCH (s:Source) WHERE s.name IN ['nppes', 'rx_claims'] "
        "RETURN s.name AS name, toString(s.deliveredOn) AS last, toString(s.staleSince) AS due ORDER BY name"
    )
    assert told == [
        {"name": "nppes", "last": FOURTH, "due": None},
        {"name": "rx_claims", "last": FIRST, "due": SECOND},
    ]


def test_f19_a_source_with_one_row_in_a_hundred_is_held_for_approval(
    known: None, deliveries: Deliveries, run: Run, neo4j_empty: Store
) -> None:
    # given
    header = "territory_id,name,level,parent_id"
    rows = [f"T{number},Territory {number},territory," for number in range(100)]
    deliveries.add(SECOND, "alignment/territories.csv", "\n".join([header, *rows]) + "\n")
    deliveries.manifest(SECOND)
    run()
    before = everything(neo4j_empty)
    deliveries.add(THIRD, "alignment/territories.csv", "\n".join([header, rows[0]]) + "\n")
    deliveries.manifest(THIRD)

    # when
    report = run()

    # then
    assert (source(report, "alignment").state, report.strict_exit) == ("held", 30)
    assert "99 of 100 Territory" in str(source(report, "alignment").reason)
    assert everything(neo4j_empty) == before


def renamed(text: str) -> str:
    return text.replace("days_supply", "supply_in_days", 1)


def dropped(text: str) -> str:
    at = CLAIM_COLUMNS.split(",").index("patient_pay")
    rows = [line.split(",") for line in text.splitlines()]
    return "\n".join(",".join(row[:at] + row[at + 1 :]) for row in rows) + "\n"


def retyped(text: str) -> str:
    return text.replace(",30,30,5,", ",30,thirty,5,")


def widened(text: str) -> str:
    head, *rows = text.splitlines()
    return "\n".join([head + ",colour", *(row + ",green" for row in rows)]) + "\n"


def new_kind(text: str) -> str:
    head, first, *rows = text.splitlines()
    return "\n".join([head, first.replace(",paid,", ",suspended,"), *rows]) + "\n"


def in_cents(text: str) -> str:
    return text.replace(",20.0,", ",2000.0,")


@pytest.mark.parametrize(
    ("change", "state", "quarantined", "named"),
    [
        (renamed, "held", 0, "days_supply"),
        (dropped, "held", 0, "patient_pay"),
        (retyped, "held", 0, "days_supply"),
        (widened, "loaded", 0, None),
        (new_kind, "loaded", 1, None),
        (in_cents, "held", 0, "patient_pay"),
    ],
    ids=["renamed", "dropped", "retyped", "new column", "new value", "other unit"],
)
def test_f20_a_column_that_changed(
    change: Callable[[str], str],
    state: str,
    quarantined: int,
    named: str | None,
    known: None,
    deliveries: Deliveries,
    run: Run,
    neo4j_empty: Store,
) -> None:
    # given
    deliveries.claims(SECOND, *(claim(at, NPIS[at % 20], "2024-12-05", "2025-01-06") for at in range(40)))
    path: Path = deliveries.folder / SECOND / "rx_claims" / "rx_claims_20250108.csv"
    path.write_text(change(path.read_text()))

    # when
    report = run()

    # then
    found = source(report, "rx_claims")
    assert (found.state, found.rows_quarantined) == (state, quarantined)
    assert starts_seen(neo4j_empty) == (0 if state == "held" else 40 - quarantined)
    if named is not None:
        assert repr(named) in str(found.reason)
