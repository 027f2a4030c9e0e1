"""Deliveries: manifests tell the truth, each holds what had arrived, and nothing latent."""

import csv
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from graph.world import WorldReport

Rows = list[dict[str, str]]

DELTAS = {
    "fhir_pas",
    "field_notes",
    "hub",
    "medical_inquiries",
    "open_payments",
    "prior_auth",
    "research",
    "rx_claims",
    "scientific",
}


def manifest(folder: Path) -> dict[str, dict[str, object]]:
    """Entries of a delivery's manifest by path."""
    return {entry["path"]: entry for entry in json.loads((folder / "manifest.json").read_text())["files"]}


def test_every_file_is_in_its_manifest_with_its_checksum(deliveries: list[Path]) -> None:
    for folder in deliveries:
        # given
        listed = manifest(folder)
        present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        # then
        assert present == {*listed, "manifest.json"}
        for path, entry in listed.items():
            content = (folder / path).read_bytes()
            header = 0 if path.startswith("shared_patients/") else 1
            assert entry["sha256"] == sha256(content).hexdigest()
            documents = path.startswith("fhir_pas/") or path.endswith(".zip")
            assert entry["rows"] == (None if documents else content.count(b"\n") - header)


def test_snapshots_and_deltas_are_told_apart(deliveries: list[Path]) -> None:
    # given
    backfill, last = manifest(deliveries[0]), manifest(deliveries[-1])
    # then
    deltas = {path.split("/")[0] for path, entry in backfill.items() if not entry["complete"]}
    assert deltas == DELTAS | {"crm"}
    whole = {path for path, entry in backfill.items() if entry["complete"] and path.startswith("crm/")}
    assert whole == {"crm/Account.csv", "crm/Address_vod__c.csv", "crm/Product_vod__c.csv"}
    assert not any(entry["complete"] for entry in last.values())
    assert {"nppes", "rx_claims", "crm", "prior_auth", "hub"} <= {path.split("/")[0] for path in last}


def test_the_backfill_holds_every_feed(deliveries: list[Path]) -> None:
    assert {path.name for path in deliveries[0].iterdir()} == {
        "alignment", "crm", "facility_affiliation", "fhir_pas", "field_notes", "formulary", "hub", "manifest.json",
        "medical_inquiries", "nppes", "nucc", "open_payments", "partd", "pdrp", "prior_auth", "products", "research",
        "rx_claims", "scientific", "shared_patients",
    }  # fmt: skip


def test_each_delivery_holds_the_lines_received_since_the_one_before(
    deliveries: list[Path], read_rows: Callable[..., Rows]
) -> None:
    before, known = "", set[str]()
    for folder in deliveries:
        # given the lines that no earlier delivery held
        rows = read_rows(next((folder / "rx_claims").iterdir()))
        lines = {row["claim_id"] + row["claim_line_number"]: row["received_at"] for row in rows}
        received = [when for line, when in lines.items() if line not in known]
        known |= set(lines)
        # then
        assert len(received) > 0
        assert before < min(received)
        assert max(received) <= folder.name
        before = folder.name


def test_a_few_payments_are_restated_and_nothing_else_about_them(
    deliveries: list[Path], claims: Rows, read_rows: Callable[..., Rows]
) -> None:
    # given what the seventh weekly delivery says again
    first = {(row["claim_id"], row["claim_line_number"]): row for row in claims}
    again = [
        row
        for row in read_rows(next((deliveries[7] / "rx_claims").iterdir()))
        if first[row["claim_id"], row["claim_line_number"]] != row
    ]
    # then
    assert len(again) == 2
    for row in again:
        before = first[row["claim_id"], row["claim_line_number"]]
        assert {name for name, value in row.items() if value != before[name]} == {"patient_pay", "plan_pay"}
        assert float(row["patient_pay"]) == pytest.approx(float(before["patient_pay"]) / 2, abs=0.011)
        assert before["received_at"] <= deliveries[0].name


def test_late_lines_arrive_weeks_after_their_event(deliveries: list[Path], read_rows: Callable[..., Rows]) -> None:
    # given the last delivery
    rows = read_rows(next((deliveries[-1] / "rx_claims").iterdir()))
    # then some of its lines are older than the delivery before
    assert sum(row["dispensing_date"] < deliveries[-3].name for row in rows) > 0


def test_no_column_of_the_truth_is_in_the_deliveries(small_world: WorldReport, deliveries: list[Path]) -> None:
    # given
    keys = {"npi", "plan", "product_id", "claim_id", "note_id"}
    truth = {name for path in small_world.settings.truth.glob("*.csv") for name in columns_of(path)} - keys
    assert {"openness", "leadership", "skill", "weekly_hazard_at_end", "true_friction", "influence"} <= truth
    # then no file that the product reads has one of them, and no file of the truth lies there
    for folder in deliveries:
        for path in folder.rglob("*.*"):
            assert truth.isdisjoint(columns_of(path)), path.name
            assert "truth" not in str(path.relative_to(folder.parent))


def columns_of(path: Path) -> set[str]:
    """Names in the first line of a file, whatever separates them."""
    first = path.read_text(encoding="latin-1").partition("\n")[0]
    return {name.strip('"').lower() for name in first.replace("|", ",").split(",")}


def zipped_drugs(path: Path) -> Rows:
    """Rows of the drugs in a zip file of zip files, whose sample twin is left out."""
    with ZipFile(path) as outer:
        assert sorted(outer.namelist()) == [
            "basic drugs formulary file  PPUF_2024M04.zip",
            "plan information  PPUF_2024M04.zip",
        ]
        with ZipFile(outer.open("basic drugs formulary file  PPUF_2024M04.zip")) as inner:
            assert len(inner.namelist()) == 2
            text = inner.read("basic drugs formulary file  PPUF_2024M04.txt").decode()
    return list(csv.DictReader(text.splitlines(), delimiter="|"))


def test_the_formulary_editions_differ_as_planted(
    small_world: WorldReport, deliveries: list[Path], read_rows: Callable[..., Rows]
) -> None:
    # given
    parameters = json.loads((small_world.settings.truth / "parameters.json").read_text())
    editions = {
        path.parent.name: {(row["FORMULARY_ID"], row["RXCUI"]): row for row in read_rows(path, delimiter="|")}
        for folder in deliveries
        for path in folder.glob("formulary/*/basic drugs formulary file  PPUF_*.txt")
    }
    # and the one that comes as a zip file of zip files
    archives = [path for folder in deliveries for path in folder.glob("formulary/*.zip")]
    assert [path.name for path in archives] == ["2024_20240401.zip"]
    editions["20240401"] = {(row["FORMULARY_ID"], row["RXCUI"]): row for row in zipped_drugs(archives[0])}
    dates = sorted(editions)
    # then
    assert dates == [date.replace("-", "") for date in parameters["editions"]]
    assert {change["change"] for change in parameters["policy_changes"]} == {"PA_ADDED", "STEP_REMOVED"}
    column = {"PA_ADDED": "PRIOR_AUTHORIZATION_YN", "STEP_REMOVED": "STEP_THERAPY_YN"}
    values = {"PA_ADDED": ("N", "Y"), "STEP_REMOVED": ("Y", "N")}
    for change in parameters["policy_changes"]:
        now = change["date"].replace("-", "")
        earlier = dates[dates.index(now) - 1]
        key = (change["formulary_id"], "9900101")
        found = tuple(editions[date][key][column[change["change"]]] for date in (earlier, now))
        assert found == values[change["change"]]
    # and before its launch nobody covers the own product
    assert not any(rxcui == "9900101" for _, rxcui in editions[dates[0]])
