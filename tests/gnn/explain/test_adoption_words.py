"""Reasons name the node and the record, and say which data classes they speak of."""

import numpy as np
import pytest

from gnn.explain.adoption_words import CLASSES, AdoptionReasons
from gnn.explain.effect import Effect, Kind
from graph.schema.core import DataClass


@pytest.fixture(scope="module")
def words(adoption):
    sample, _ = adoption
    return AdoptionReasons(sample.view, sample.adoption), sample


def _said(words, hcp, kind, node, value=0.02):
    [reason] = words[0].of(hcp, (Effect(kind, node, value),))
    return reason


def test_a_peer_is_named_by_npi_with_the_patients_of_both_directions(words):
    # given a tie in one direction
    ties = words[1].view.ties
    source, target = (int(one[0]) for one in ties.nonzero())
    back = int(ties[target, source])

    # when
    reason = _said(words, source, Kind.PEER, target)

    # then
    both = f" and who sends it {back} patients" if back else ""
    assert reason.text == (
        f"NPI 19999{target:05d}, to whom it sends {int(ties[source, target])} patients{both}, "
        "prescribes Ownira: +2 points"
    )
    assert (reason.label, reason.node, reason.share) == ("HCP", f"hcp_{target:04d}", 0.02)
    assert reason.data_classes == ("network", "prescribing")


def test_a_policy_and_its_change_are_told_with_their_dates(twin, words):
    # given somebody who wrote under plan 1, whose policy changed in June 2025
    row = int(twin.positions("policy", np.array(["pol_own_01_new"]))[0])
    hcp = int(words[1].adoption.plan_mix[:, 1].nonzero()[0][0])

    # then
    policy, change = (_said(words, hcp, kind, row, -0.03) for kind in (Kind.POLICY, Kind.CHANGE))
    assert policy.text == "Plan 1 requires prior authorization for Ownira on tier 3 since 2025-06-01: -3 points"
    assert change.text == "Plan 1 added prior authorization for Ownira on 2025-06-01: -3 points"
    assert {(one.label, one.node) for one in (policy, change)} == {("CoveragePolicy", "pol_own_01_new")}


def test_an_account_with_too_few_colleagues_is_not_told(words):
    # given accounts with their number of prescribers
    size = np.asarray(words[1].view.at_account.sum(axis=0)).ravel()
    small, large = int(size.argmin()), int(size.argmax())
    hcp = int(words[1].view.at_account[:, large].nonzero()[0][0])
    words[0]._colleagues[small] = 2

    # then
    assert words[0].of(hcp, (Effect(Kind.ACCOUNT, small, 0.5),)) == ()
    assert _said(words, hcp, Kind.ACCOUNT, large).label == "Account"


def test_what_may_be_few_patients_is_not_counted(words):
    # given a prescriber of 4 starts a quarter
    volume = words[1].adoption.class_volume
    hcp = int(np.flatnonzero((volume > 0) & (volume < 10))[0])
    npi = f"NPI 19999{hcp:05d}"

    # then
    assert _said(words, hcp, Kind.VOLUME, hcp).text == (
        f"{npi} writes fewer than 11 starts of competing products a quarter: +2 points"
    )


def test_calls_are_counted_with_the_last_day(twin, words):
    # given the calls of a prescriber
    table = twin.tables["call"]
    calls = table["email"] == 0
    hcp = int(twin.positions("hcp", table["hcp"][calls][:1])[0])
    own = calls & (table["hcp"] == table["hcp"][calls][0])
    last = np.datetime64(int(table["occurred_on"][own].max()), "D")

    # then
    many = "call on" if own.sum() == 1 else "calls on"
    assert _said(words, hcp, Kind.CALLS, hcp).text == (
        f"{own.sum()} {many} NPI 19999{hcp:05d}, the last on {last}: +2 points"
    )


def test_what_speaks_of_everybody_is_kept_from_who_reads_of_own_territories():
    # then all classes exist, and what speaks of others' calls or of whole groups needs the territories' alignment
    assert {name for classes in CLASSES.values() for name in classes} <= {one.value for one in DataClass}
    wide = {Kind.CALLS, Kind.MESSAGES, Kind.ACCOUNT, Kind.SPECIALTY, Kind.TERRITORY}
    assert {kind for kind, classes in CLASSES.items() if "alignment" in classes} == wide
