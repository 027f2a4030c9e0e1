"""Planted causes: each is visible in the delivery that the truth names, in the feeds that it names."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from graph.world import WorldReport, WorldSettings, build

Rows = list[dict[str, str]]
ReadRows = Callable[..., Rows]


@pytest.fixture(scope="module")
def causes(small_world: WorldReport) -> list[dict[str, str]]:
    return json.loads((small_world.settings.truth / "causes.json").read_text())  # type: ignore[no-any-return]


def of_kind(causes: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    return [one for one in causes if one["kind"] == kind]


def test_a_doctor_who_moves_is_in_three_feeds_at_once(
    causes: list[dict[str, str]], small_world: WorldReport, read_rows: ReadRows
) -> None:
    # given
    moves = of_kind(causes, "doctor moves")
    assert len(moves) == 1
    move, folder = moves[0], small_world.settings.out / moves[0]["visible"]
    # then
    registry = read_rows(next((folder / "nppes").iterdir()))
    assert move["npi"] in {row["NPI"] for row in registry}
    places = read_rows(folder / "facility_affiliation" / "Facility_Affiliation.csv")
    works_at = {row["facility_affiliations_certification_number"] for row in places if row["npi"] == move["npi"]}
    assert move["to"] in works_at
    assert move["from"] not in works_at
    aligned = [row for row in read_rows(folder / "alignment" / "hcp_territories.csv") if row["npi"] == move["npi"]]
    assert [row["from"] for row in aligned if row["to"] == ""] == [move["on"]]
    assert len(aligned) == 2


def test_a_rep_who_leaves_makes_no_more_calls_and_is_replaced(
    causes: list[dict[str, str]], small_world: WorldReport, read_rows: ReadRows
) -> None:
    # given those who left within the backfill
    gone = [one for one in of_kind(causes, "rep leaves") if one["visible"] == small_world.deliveries[0]]
    backfill = small_world.settings.out / small_world.deliveries[0]
    calls = read_rows(backfill / "crm" / "Call2_vod__c.csv")
    reps = read_rows(backfill / "alignment" / "reps.csv")
    assert gone
    for one in gone:
        # then
        left = next(row for row in reps if row["user_id"] == one["user_id"])
        assert left["to"] != ""
        assert max(row["Call_Date_vod__c"] for row in calls if row["User_vod__c"] == one["user_id"]) < one["on"]
        if one["successor_from"] <= small_world.deliveries[0]:
            assert next(row for row in reps if row["user_id"] == one["successor"])["from"] == one["successor_from"]


def test_corrected_claims_are_restated_in_their_delivery(
    causes: list[dict[str, str]], small_world: WorldReport, read_rows: ReadRows
) -> None:
    # given
    (correction,) = of_kind(causes, "correction")
    folder = small_world.settings.out / correction["visible"]
    # then
    restated = {row["claim_id"] for row in read_rows(next((folder / "rx_claims").iterdir()))}
    assert len(correction["claims"]) == 2
    assert set(correction["claims"]) <= restated


def test_with_one_weekly_delivery_everything_planted_is_still_visible(tmp_path: Path) -> None:
    # when
    report = build(WorldSettings(out=tmp_path / "world", hcps=100, months=6, weeks=1))
    # then
    assert len(report.deliveries) == 2
    planted = json.loads((report.settings.truth / "causes.json").read_text())
    assert {one["visible"] for one in planted} <= set(report.deliveries)
    assert {"doctor moves", "rep leaves", "correction"} <= {one["kind"] for one in planted}
    assert "late file" not in {one["kind"] for one in planted}
