"""The company's own feeds follow from the simulation: authorizations, hub, CRM, research and notes."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.world import WorldReport

Rows = list[dict[str, str]]
ReadRows = Callable[..., Rows]


@pytest.fixture(scope="module")
def feed(deliveries: list[Path], read_rows: ReadRows) -> Callable[[str], Rows]:
    """All rows of a feed over all deliveries, in order of delivery."""

    def rows(pattern: str) -> Rows:
        return [row for folder in deliveries for path in sorted(folder.glob(pattern)) for row in read_rows(path)]

    return rows


def test_a_prior_authorization_follows_a_rejection_for_want_of_one(feed: Callable[[str], Rows], claims: Rows) -> None:
    # given
    rejected = {row["claim_id"]: row for row in claims if row["reject_codes"].split("|")[0] == "75"}
    requests = feed("prior_auth/*.csv")
    known = [row for row in requests if row["claim_id"] in rejected]
    # then all but those whose rejection is still on its way name a rejected claim, of the same HCP, plan and drug
    assert len(requests) > 300
    assert len(known) >= 0.97 * len(requests)
    for row in known:
        claim = rejected[row["claim_id"]]
        assert (row["npi"], row["plan"]) == (claim["prescribing_provider_npi"], claim["plan"])
        assert row["ndc_code"][:9] == claim["ndc_code"][:9]
        assert row["submitted_at"] >= claim["rx_written_date"]
        assert row["decided_at"] == "" or row["decided_at"] >= row["submitted_at"]
        assert (row["decision"] == "A4") == (row["decided_at"] == "")
        assert (row["reason_code"] != "") == (row["decision"] == "A3")


def test_what_was_pended_comes_again_decided(feed: Callable[[str], Rows]) -> None:
    # given the states of each request in the order they were delivered
    states: dict[str, list[str]] = {}
    for row in feed("prior_auth/*.csv"):
        states.setdefault(row["pa_id"], []).append(row["decision"])
    again = [one for one in states.values() if len(one) > 1]
    # then
    assert len(again) > 10
    assert all(one[:-1] == ["A4"] * (len(one) - 1) and one[-1] != "A4" for one in again)


def test_an_approval_lets_the_claim_pass_that_gate(feed: Callable[[str], Rows], claims: Rows) -> None:
    # given claims whose last request was certified
    last = {row["claim_id"]: row["decision"] for row in feed("prior_auth/*.csv")}
    paid = {row["claim_id"] for row in claims if row["transaction_type"] == "paid"}
    certified = {claim for claim, decision in last.items() if decision in ("A1", "A2", "A6")}
    denied = {claim for claim, decision in last.items() if decision == "A3"}
    # then most of them are paid, and of the denied hardly any
    assert len(certified & paid) > 0.6 * len(certified)
    assert len(denied & paid) < 0.2 * len(denied)


def test_one_file_of_prior_authorizations_is_late(deliveries: list[Path]) -> None:
    # when
    files = [sorted(path.name for path in folder.glob("prior_auth/*.csv")) for folder in deliveries]
    # then
    assert files[5] == []
    late = f"prior_auth_{deliveries[5].name.replace('-', '')}.csv"
    assert files[6] == [late, f"prior_auth_{deliveries[6].name.replace('-', '')}.csv"]


def test_pas_answers_are_bundles_with_a_decision(deliveries: list[Path], feed: Callable[[str], Rows]) -> None:
    # given
    paths = [path for folder in deliveries for path in sorted(folder.glob("fhir_pas/*"))]
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    bundles = [json.loads(line) for line in lines]
    responses = [bundle["entry"][0]["resource"] for bundle in bundles]
    # then none of them is also in the other feed
    assert len(bundles) > 20
    assert {one["resourceType"] for one in responses} == {"ClaimResponse"}
    traces = {one["identifier"][0]["value"] for one in responses}
    assert traces.isdisjoint(row["pa_id"] for row in feed("prior_auth/*.csv"))
    review = responses[0]["item"][0]["adjudication"][0]["extension"][0]["extension"]
    assert review[1]["valueCodeableConcept"]["coding"][0]["code"] in ("A1", "A2", "A3", "A4", "A6", "C")


def test_a_hub_case_is_shipped_only_when_its_claim_was_paid(feed: Callable[[str], Rows], claims: Rows) -> None:
    # given the last state of each case
    cases = {row["case_id"]: row for row in feed("hub/*.csv")}
    paid = {row["person_id"] for row in claims if row["transaction_type"] == "paid"}
    shipped = [row for row in cases.values() if row["hub_status"] == "shipped"]
    # then
    assert len(shipped) > 10
    assert all(row["ship_date"] == row["status_date"] > row["referral_date"] for row in shipped)
    assert sum(row["person_id"] in paid for row in shipped) >= 0.95 * len(shipped)
    closed = [row for row in cases.values() if row["hub_status"] == "closed"]
    assert all(row["discontinue_reason"] and row["dispense_status"] == "not_dispensed" for row in closed)


def test_the_export_changes_its_spelling_and_keeps_its_accounts(deliveries: list[Path], read_rows: ReadRows) -> None:
    # given the last export of the old system and the first of the new one
    old = read_rows(deliveries[4] / "crm" / "Account.csv")
    new = read_rows(deliveries[5] / "crm" / "account__v.csv")
    # then
    assert [list(row.values()) for row in old] == [list(row.values()) for row in new]
    assert {"NPI_vod__c", "LastModifiedDate"} <= set(old[0])
    assert {"npi__v", "modified_date__v"} <= set(new[0])
    assert (deliveries[4] / "crm" / "Call2_vod__c.csv").is_file()
    assert (deliveries[5] / "crm" / "call2__v.csv").is_file()


def test_crm_records_are_duplicates_as_the_truth_says(
    small_world: WorldReport, deliveries: list[Path], read_rows: ReadRows
) -> None:
    # given
    accounts = {row["Id"]: row for row in read_rows(deliveries[0] / "crm" / "Account.csv")}
    truth = read_rows(small_world.settings.truth / "crm_accounts.csv")
    people = [row for row in accounts.values() if row["IsPersonAccount"] == "true"]
    # then every person in the export is in the truth, and a number that is given is the right one
    assert {row["crm_id"] for row in truth} == {row["Id"] for row in people}
    assert all(accounts[row["crm_id"]]["NPI_vod__c"] in ("", row["npi"]) for row in truth)
    noisy = [row for row in truth if row["what"] != "primary" or row["stale"] == "true"]
    assert 0.1 <= len(noisy) / len(truth) <= 0.3
    twice = Counter(row["npi"] for row in truth)
    assert max(twice.values()) == 2


def test_the_lottery_logs_the_odds_it_had(feed: Callable[[str], Rows]) -> None:
    # given
    suggestions = feed("crm/[Ss]uggestion_[v_]*.csv")
    drawn = [row for row in suggestions if row["arm"]]
    # then
    assert {row["arm"] for row in drawn} == {"treatment", "control"}
    assert {row["propensity"] for row in drawn} == {"0.30", "0.50", "0.70"}
    assert all(row["propensity"] == "" for row in suggestions if not row["arm"])
    # and what was shown and what was withheld stand in the proportion of the odds
    shown = sum(1 / float(row["propensity"]) for row in drawn if row["arm"] == "treatment")
    withheld = sum(1 / float(row["propensity"]) for row in drawn if row["arm"] == "control")
    assert 0.75 < shown / withheld < 1.33


def test_nominated_hcps_are_those_whom_a_respondent_heeds(
    small_world: WorldReport, feed: Callable[[str], Rows], read_rows: ReadRows
) -> None:
    # given the weight that each HCP's peers truly have
    weights: dict[str, dict[str, float]] = {}
    for row in read_rows(small_world.settings.truth / "ties.csv"):
        weights.setdefault(row["npi"], {})[row["peer_npi"]] = float(row["true_weight"])
    named = [row for row in feed("research/*.csv") if row["question_id"] == "nominates" and row["npi"] in weights]
    # when each nomination is ranked among the peers of who made it
    ranks = []
    for row in named:
        peers = weights[row["npi"]]
        if row["answer"] in peers:
            ranks.append(sum(one > peers[row["answer"]] for one in peers.values()) / len(peers))
    # then most name a peer, mostly one of the weightiest
    assert len(named) > 50
    assert len(ranks) > 0.6 * len(named)
    assert sum(ranks) / len(ranks) < 0.25


def test_personal_data_stands_in_the_notes_where_the_truth_says(
    small_world: WorldReport, feed: Callable[[str], Rows], read_rows: ReadRows
) -> None:
    # given
    texts = {row["note_id"]: row["text"] for row in feed("field_notes/*.csv")}
    planted = read_rows(small_world.settings.truth / "note_identifiers.csv")
    found = [(row["planted_kind"], texts[row["note_id"]][int(row["begins"]) : int(row["ends"])]) for row in planted]
    # then
    assert {kind for kind, _ in found} == {
        "NAME", "PHONE", "EMAIL", "SSN", "MRN", "BIRTH_DATE", "MBI", "ADDRESS",
    }  # fmt: skip
    assert all(text == text.strip() and text for _, text in found)
    assert all("@example.org" in text for kind, text in found if kind == "EMAIL")
    assert all(len(text) == 11 for kind, text in found if kind == "MBI")
    assert all(text.startswith("9") for kind, text in found if kind == "SSN")


def test_part_d_hides_what_the_publisher_hides(deliveries: list[Path], read_rows: ReadRows) -> None:
    # given
    path = next((deliveries[0] / "partd").iterdir())
    rows = read_rows(path)
    # then
    assert path.name == "MUP_DPR_RY24_P04_V10_DY22_NPIBN.csv"
    assert len(rows[0]) == 22
    assert min(int(row["Tot_Clms"]) for row in rows) >= 11
    assert all(row["Tot_Benes"] == "" or int(row["Tot_Benes"]) >= 11 for row in rows)
    assert {row["GE65_Sprsn_Flag"] for row in rows} <= {"", "*", "#"}
    assert all((row["GE65_Tot_Clms"] == "") == (row["GE65_Sprsn_Flag"] != "") for row in rows)


def test_payments_name_their_product_in_any_slot(deliveries: list[Path]) -> None:
    # given
    path = next((deliveries[0] / "open_payments").iterdir())
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    # when
    slots = Counter(
        slot
        for row in rows
        for slot in range(1, 6)
        if row[f"Name_of_Drug_or_Biological_or_Device_or_Medical_Supply_{slot}"] in ("OSTRELIX", "KADOMYRA", "VELUNARA")
    )
    # then
    assert path.name == "OP_DTL_GNRL_PGYR2023_P06302024.csv"
    assert sum(slots.values()) == len(rows)
    assert slots[1] > slots[2] > 0
    assert {row["Covered_Recipient_Type"] for row in rows} <= {
        "Covered Recipient Physician", "Covered Recipient Non-Physician Practitioner",
        "Covered Recipient Teaching Hospital",
    }  # fmt: skip
