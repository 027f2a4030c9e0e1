"""Friction predictions add up: parts to the value, rows to roll-ups, reasons to neutralised groups."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import beta

from gnn.cohorts import CohortSegment, cohorts_of
from gnn.expected import expected_starts
from gnn.policy_claims import policy_claims
from gnn.reasons import counts_words, effects, policy_words
from gnn.samples import friction_rows
from gnn.score_friction import score_friction
from gnn.view import View
from graph.schema.prediction import PREDICTION
from graph.schema.therapy import BARRIERS


@pytest.fixture(scope="module")
def predictions(whole, trained):
    return score_friction(trained["access_friction"][0], whole)


def test_every_level_is_there_once_per_subject(whole, predictions):
    # given: 8 plans and 2 products, 2 payers, 2 territories, and every account where at least three wrote the product
    count = Counter(row.level for row in predictions)
    at = dict(zip(whole.column("affiliation", "hcp"), whole.column("affiliation", "account"), strict=True))
    start = whole.tables["start"]
    wrote = {(at[hcp], product, hcp) for hcp, product in zip(start["hcp"], start["product"], strict=True)}
    written = [group for group, size in Counter((place, product) for place, product, _ in wrote).items() if size >= 3]

    # then
    assert count["plan"] == 16
    assert count["payer"] == 4
    assert count["territory"] == 4
    assert count["account"] == len(written)
    assert len({row.id("access_friction") for row in predictions}) == len(predictions)
    # and: two kinds of plans, two states, two sites of care
    cohorts = Counter(row.segment.level for row in predictions if row.level == "cohort")
    assert cohorts == {"all": 2, "planKind": 4, "state": 4, "siteOfCare": 4, "state+siteOfCare": 8}


def test_an_hcp_has_at_most_five_plans_per_product(predictions):
    pairs = Counter((row.subject, row.product) for row in predictions if row.level == "hcp_plan")
    assert max(pairs.values()) == 5


def test_barrier_shares_sum_to_the_friction(predictions):
    for row in predictions:
        assert sum(row.barrier_shares) == pytest.approx(row.value, abs=1e-9)
        assert row.main_barrier == BARRIERS[int(np.argmax(row.barrier_shares))]


def test_saveable_starts_are_expected_starts_lost_to_pa_step_and_limit(predictions):
    for row in predictions:
        lost = sum(row.barrier_shares[BARRIERS.index(name)] for name in ("PA", "STEP", "LIMIT"))
        assert row.saveable_starts == pytest.approx(row.expected_starts * lost)


def test_values_lie_inside_their_interval_and_are_probabilities(predictions):
    assert all(0.0 <= row.low <= row.value <= row.high <= 1.0 for row in predictions)


def test_a_territory_is_the_expected_start_weighted_mean_of_its_rows(whole, trained, predictions):
    # given all rows of the territory North and the own product, computed anew
    view = View(whole)
    cells = expected_starts(view)
    product = whole.positions("product", np.array(["own"]))[0]
    here = np.asarray(view.in_territory[:, 0].todense()).ravel() == 1
    keep = here[cells.hcp] & (cells.product == product)
    rows = friction_rows(view, cells.hcp[keep], cells.product[keep], cells.plan[keep], np.zeros(keep.sum()))
    value = trained["access_friction"][0].probability(rows)

    # then
    found = next(row for row in predictions if row.subject == "ter_0" and row.product == "own")
    assert found.value == pytest.approx(np.average(value, weights=cells.expected[keep]))
    assert found.expected_starts == pytest.approx(cells.expected[keep].sum())


def test_a_payer_is_the_expected_start_weighted_mean_of_its_plans(whole, trained, predictions):
    # given the plans of payer one, all of which are told, for the own product
    plans = {f"plan_{number:02d}" for number in range(1, 8, 2)}
    parts = [row for row in predictions if row.level == "plan" and row.subject in plans and row.product == "own"]
    assert min(row.evidence_starts for row in parts) >= 11

    # then
    found = next(row for row in predictions if row.subject == "pay_1" and row.product == "own")
    weight = [row.expected_starts for row in parts]
    assert found.expected_starts == pytest.approx(sum(weight))
    assert found.value == pytest.approx(np.average([row.value for row in parts], weights=weight))
    assert found.evidence_starts == sum(row.evidence_starts for row in parts)
    # and reasons of payers name no prescriber and no account
    reasons = [reason for row in predictions if row.level == "payer" for reason in row.reasons]
    assert {reason.label for reason in reasons} == {"Plan", "CoveragePolicy"}


def test_a_cohort_segment_is_the_expected_start_weighted_mean_of_its_rows(whole, predictions):
    # given: every territory is a state, every plan is told
    of = {(row.label, row.subject, row.product): row for row in predictions}
    groups = {row.segment.id: row for row in predictions if row.level == "cohort" and row.product == "own"}

    # then: a kind of plan is the sum of its plans
    found = groups[CohortSegment("planKind", plan_kind="MA").id]
    plans = [of["Plan", f"plan_{number:02d}", "own"] for number in (3, 7)]
    assert found.expected_starts == pytest.approx(sum(row.expected_starts for row in plans))
    assert found.evidence_starts == sum(row.evidence_starts for row in plans)
    weight = [row.expected_starts for row in plans]
    assert found.value == pytest.approx(np.average([row.value for row in plans], weights=weight))
    # and: a state counts no more than its territory, a site of care in both states as much as in each of them
    state = groups[CohortSegment("state", state="NY").id]
    assert 0.8 * of["Territory", "ter_0", "own"].expected_starts < state.expected_starts
    assert state.expected_starts <= of["Territory", "ter_0", "own"].expected_starts + 1e-9
    site = groups[CohortSegment("siteOfCare", site_of_care="Hospital").id]
    both = [groups[CohortSegment("state+siteOfCare", state=one, site_of_care="Hospital").id] for one in ("NY", "TX")]
    assert site.evidence_starts == sum(row.evidence_starts for row in both)
    # and: the whole is all
    assert groups[CohortSegment("all").id].expected_starts == pytest.approx(
        sum(of["Territory", name, "own"].expected_starts for name in ("ter_0", "ter_1"))
    )


def test_the_interval_of_a_cohort_segment_is_what_a_later_window_showed_of_its_level(whole, trained, predictions):
    # given the rows of the own product
    view, model = View(whole), trained["access_friction"][0]
    cells = expected_starts(view)
    inside = np.flatnonzero(cells.product == 1)
    rows = friction_rows(view, cells.hcp[inside], cells.product[inside], cells.plan[inside], np.zeros(len(inside)))
    found = next(row for row in predictions if row.subject == CohortSegment("all").id and row.product == "own")

    # when the variances of the rate and of the mix are added
    variance = found.value * (1 - found.value) / (model.concentrations["cohort all"] + 1)
    variance += cells.variance_of_mean(inside, model.probability(rows))
    concentration = found.value * (1 - found.value) / variance - 1

    # then
    shape = found.value * concentration, (1 - found.value) * concentration
    assert (found.low, found.high) == pytest.approx(beta.ppf([0.05, 0.95], *shape))


def test_reasons_of_cohort_segments_name_no_prescriber_and_no_account(predictions):
    reasons = [reason for row in predictions if row.level == "cohort" for reason in row.reasons]
    assert {reason.label for reason in reasons} == {"Plan", "CoveragePolicy"}


def test_who_withholds_is_in_no_cohort_segment(whole, trained):
    # given: half of a state's prescribers withhold theirs
    view = View(whole)
    out = [str(name) for name in whole.column("hcp", "id")[cohorts_of(view).state == 0][::2]]
    of = {}
    for withholding in ((), out):
        found = score_friction(trained["access_friction"][0], whole, withholding)
        of[bool(withholding)] = {row.segment: row for row in found if row.level == "cohort" and row.product == "own"}

    # then
    for segment in (
        CohortSegment("all"),
        CohortSegment("planKind", plan_kind="PDP"),
        CohortSegment("state", state="NY"),
    ):
        assert of[True][segment].evidence_starts < of[False][segment].evidence_starts
    other = CohortSegment("state", state="TX")
    assert of[True][other].evidence_starts == of[False][other].evidence_starts


def test_the_interval_of_a_payer_is_of_its_own_rate_and_of_who_writes_how_much(whole, trained, predictions):
    # given the rows of payer one and the own product
    view = View(whole)
    cells = expected_starts(view)
    inside = np.flatnonzero((view.plan_payer[cells.plan] == 1) & (cells.product == 1))
    found = next(row for row in predictions if row.subject == "pay_1" and row.product == "own")
    model = trained["access_friction"][0]
    rows = friction_rows(view, cells.hcp[inside], cells.product[inside], cells.plan[inside], np.zeros(len(inside)))

    # when the variances of both are added
    own = found.value * (1 - found.value) / (model.concentrations["payer"] + 1)
    variance = own + cells.variance_of_mean(inside, model.probability(rows))
    concentration = found.value * (1 - found.value) / variance - 1

    # then
    shape = found.value * concentration, (1 - found.value) * concentration
    assert (found.low, found.high) == pytest.approx(beta.ppf([0.05, 0.95], *shape))


def test_what_policies_say_stands_beside_the_plans_that_may_be_told(whole, predictions):
    gaps = {(gap.plan, gap.product): gap for gap in policy_claims(View(whole))}
    place = {str(name): number for number, name in enumerate(whole.column("plan", "id"))}
    told = 0
    for row in predictions:
        gap = gaps.get((place.get(row.subject), whole.column("product", "id").tolist().index(row.product)))
        expected = gap if row.level == "plan" else None
        assert row.gap == expected
        told += expected is not None
    assert told == len(gaps) > 5


def test_evidence_counts_mature_starts(whole, predictions):
    # given
    starts = View(whole).starts
    plan, product = whole.positions("plan", np.array(["plan_03"]))[0], whole.positions("product", np.array(["own"]))[0]
    mature = (starts.plan == plan) & (starts.product == product) & (starts.written <= whole.day - 60)

    # then
    found = next(
        row for row in predictions if row.level == "plan" and row.subject == "plan_03" and row.product == "own"
    )
    assert found.evidence_starts == int(mature.sum())


def test_the_share_of_a_reason_is_the_change_without_its_features(whole, trained):
    # given
    model, _ = trained["access_friction"]
    view = View(whole)
    rows = friction_rows(view, np.array([0, 1]), np.array([1, 1]), np.array([0, 1]), np.zeros(2))

    # when the policy features are set to their average by hand
    neutral = rows.features.values.copy()
    places = rows.features.places("policy")
    neutral[:, places] = model.reference[places]
    from dataclasses import replace

    without = model.probability(replace(rows, features=replace(rows.features, values=neutral)))

    # then
    assert effects(model, rows, ["policy"])["policy"].tolist() == (model.probability(rows) - without).tolist()


def test_reasons_point_at_evidence_and_speak_of_declared_classes(predictions):
    labels = {"CoveragePolicy", "Plan", "Account", "HCP"}
    for row in predictions:
        assert (1 <= len(row.reasons) <= 5) if row.explained else row.reasons == ()
        assert {reason.label for reason in row.reasons} <= labels
        assert [abs(reason.share) for reason in row.reasons] == sorted(
            (abs(reason.share) for reason in row.reasons), reverse=True
        )
    assert row.level in PREDICTION.props["level"].values


def test_planted_friction_is_found(predictions):
    # given: plans with an even number need prior authorization for the own product
    own = {row.subject: row for row in predictions if row.level == "plan" and row.product == "own"}

    # then their main barrier says so, and no other plan's does
    assert {name for name, row in own.items() if row.main_barrier == "PA"} == {
        "plan_00", "plan_02", "plan_04", "plan_06",
    }  # fmt: skip


def test_words_of_a_policy_name_what_is_asked(whole):
    row = whole.positions("policy", np.array(["pol_own_00"]))[0]
    assert policy_words(whole, int(row), "Plan 0", "Ownira") == (
        "Plan 0 requires prior authorization and step therapy for Ownira on tier 3 since 2024-01-01"
    )
    row = whole.positions("policy", np.array(["pol_other_01"]))[0]
    assert policy_words(whole, int(row), "Plan 1", "Othera") == (
        "Plan 1 covers Othera on tier 3 without restriction since 2024-01-01"
    )


@pytest.mark.parametrize(
    ("lost", "mature", "barrier", "words"),
    [
        (0, 0, "PA", "no mature starts of a year are known here"),
        (4, 9, "PA", "fewer than 11 mature starts of a year are known here"),
        (0, 30, "PA", "0 of 30 mature starts of a year were not dispensed (0%, of all 40%)"),
        (4, 30, "PA", "fewer than 11 of 30 mature starts of a year were not dispensed (of all 40%), "
         "mostly for prior authorization"),
        (4, 30, "OTHER", "fewer than 11 of 30 mature starts of a year were not dispensed (of all 40%)"),
        (24, 30, "STEP", "all but fewer than 11 of 30 mature starts of a year were not dispensed (of all 40%), "
         "mostly for step therapy"),
        (15, 30, "PA", "15 of 30 mature starts of a year were not dispensed (50%, of all 40%), "
         "mostly for prior authorization"),
    ],
)  # fmt: skip
def test_words_of_counts(lost, mature, barrier, words):
    assert counts_words(lost, mature, barrier, "of a year", "of all 40%") == words
