"""Cohort segments are named as published cohorts name them."""

from datetime import date

import numpy as np
import pytest

from gnn.cohorts import CohortSegment, cohorts_of
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import EVER, NEVER, day_of
from graph.schema.cohort import SEGMENT_LEVELS


@pytest.fixture
def view(make_tables):
    """Three prescribers of one state and one of none: at two accounts of one kind, of two kinds, of none, at none."""
    tables = make_tables(hcps=40)
    tables["hcp"]["state"] = ["NY", "NY", "NY", "", *["TX"] * 36]
    tables["account"]["kind"][:3] = ["Hospital", "Hospital", ""]
    tables["account"] = {
        name: [*values, new]
        for (name, values), new in zip(
            tables["account"].items(), ("acc_9", "Clinic", "Dialysis facility", 0), strict=True
        )
    }
    at = [(0, "acc_00"), (0, "acc_01"), (1, "acc_00"), (1, "acc_9"), (1, "acc_02"), (2, "acc_02")]
    hcp = tables["hcp"]["id"]
    tables["affiliation"] = {
        "hcp": [hcp[number] for number, _ in at],
        "account": [account for _, account in at],
        "known_at": [EVER] * len(at),
        "ended_at": [NEVER] * len(at),
    }
    return View(Snapshot.of(day_of(date(2025, 12, 1)), tables))


def test_a_prescriber_of_accounts_of_several_kinds_has_several(view):
    found = cohorts_of(view)
    assert [found.sites[number] for number in found.site[:4]] == ["Hospital", "several", "unknown", "unknown"]
    assert [found.states[number] for number in found.state[:5]] == ["NY", "NY", "NY", "unknown", "TX"]
    assert [found.kinds[number] for number in found.kind[:4]] == ["PDP", "PDP", "PDP", "MA"]


def test_every_group_has_a_number_and_an_id_of_its_own(view):
    found = cohorts_of(view)
    segments = [found.segment(level, number) for level in SEGMENT_LEVELS for number in range(found.count(level))]
    assert len({segment.id for segment in segments}) == len(segments) == 1 + 2 + 3 + 3 + 9
    # and rows are in the segment that their prescriber and plan are of
    hcp, plan = np.array([0, 1, 4]), np.array([0, 3, 0])
    named = {level: [found.segment(level, number) for number in found.of(level, hcp, plan)] for level in SEGMENT_LEVELS}
    assert named["all"] == [CohortSegment("all")] * 3
    assert [segment.plan_kind for segment in named["planKind"]] == ["PDP", "MA", "PDP"]
    assert [segment.state for segment in named["state"]] == ["NY", "NY", "TX"]
    assert [segment.site_of_care for segment in named["siteOfCare"]] == ["Hospital", "several", "unknown"]
    assert named["state+siteOfCare"][1] == CohortSegment("state+siteOfCare", state="NY", site_of_care="several")
