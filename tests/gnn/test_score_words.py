"""Reasons of roll-ups are effects on their own values; counts in words are of the time that the model looks at."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from gnn.cohorts import CohortSegment
from gnn.expected import expected_starts
from gnn.levels import account_of
from gnn.roll_ups import choose_roll_ups
from gnn.samples import friction_rows
from gnn.score_friction import score_friction
from gnn.told_starts import ToldStarts
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_deltas import LiftPolicy
from graph.history.snapshot_tables import day_of

YEAR = 365


@pytest.fixture(scope="module")
def model(trained):
    return trained["access_friction"][0]


@pytest.fixture(scope="module")
def shared(make_tables):
    """The twin of `whole`, but plans 4 and 6 of payer zero share one policy for the own product."""
    tables = make_tables(seed=5, hcps=250)
    links = tables["plan_policy"]["policy"]
    links[links.index("pol_own_04")] = "pol_own_06"
    return Snapshot.of(day_of(date(2024, 1, 1) + timedelta(days=700)), tables)


@pytest.fixture(scope="module")
def predictions(shared, model):
    return roll_ups_of(model, shared)


def roll_ups_of(model, snapshot):
    return {(row.label, row.subject, row.product): row for row in score_friction(model, snapshot) if row.plan is None}


def roll_ups(predictions):
    return [row for row in predictions.values() if row.level != "plan"]


def told_starts(view, withholding=()):
    cells, starts = expected_starts(view), view.starts
    used = starts.whole & starts.mature
    row = cells.rows_of(view, starts.hcp[used], starts.product[used], starts.plan[used])
    left_out = np.isin(view.snapshot.column("hcp", "id"), list(withholding))
    told = choose_roll_ups(view, cells, np.bincount(row, minlength=len(cells.hcp)), left_out)
    return ToldStarts(view, cells, told)


@pytest.mark.parametrize("subject", [("Payer", "pay_0"), ("CohortSegment", CohortSegment("all").id)])
def test_a_policy_adds_to_a_roll_up_what_its_rows_lose_on_a_fork(shared, model, predictions, subject):
    # given all rows of the own product, and those of the roll-up
    view, fork = View(shared), View(shared.with_([LiftPolicy("pol_own_06", shared.day)]))
    cells = expected_starts(view)
    rows = cells.hcp, cells.product, cells.plan, np.zeros(len(cells.hcp))
    inside = cells.product == 1
    if subject[0] == "Payer":
        inside &= view.plan_payer[cells.plan] == 0

    # when the policy is lifted where it is in force: for two plans
    lost = model.probability(friction_rows(view, *rows)) - model.probability(friction_rows(fork, *rows))
    under = inside & np.isin(cells.plan, (4, 6))
    added = (cells.expected * lost)[under].sum() / cells.expected[inside].sum()

    # then the reason has the effect on the roll-up's value, also where all of it is scored on the fork
    row = predictions[*subject, "own"]
    reason = next(one for one in row.reasons if one.node == "pol_own_06")
    assert abs(reason.share) > 0.01
    assert reason.share == pytest.approx(added, abs=0.0006)
    assert reason.share == pytest.approx(row.value - roll_ups_of(model, fork.snapshot)[*subject, "own"].value, rel=0.2)
    assert reason.text.startswith(("Plan 6 (with 1 more plan) requires", "Plan 4 (with 1 more plan) requires"))


def test_the_share_of_a_plan_is_as_large_as_what_is_expected_under_it(predictions):
    # given a payer's plans, and what the claims of each add to the plan itself
    row = predictions["Payer", "pay_1", "own"]
    shares = {one.node: one.share for one in row.reasons if one.label == "Plan"}

    # then the payer has that of each, weighted by its part of the payer's starts
    assert len(shares) >= 2
    for plan, share in shares.items():
        alone = predictions["Plan", plan, "own"]
        own = next(one.share for one in alone.reasons if one.label == "Plan")
        assert share == pytest.approx(own * alone.expected_starts / row.expected_starts, abs=0.0005)
        assert abs(share) < abs(own)


def test_reasons_of_a_roll_up_come_by_their_size_and_are_tenths_of_a_point(predictions):
    for row in roll_ups(predictions):
        shares = [one.share for one in row.reasons]
        assert [abs(share) for share in shares] == sorted((abs(share) for share in shares), reverse=True)
        assert shares == [round(share, 3) for share in shares]
    assert max(len(row.reasons) for row in roll_ups(predictions)) == 5


def test_a_roll_up_names_no_plan_that_few_of_it_write_under(shared, predictions):
    # given accounts and the mature starts there
    view = View(shared)
    starts, named = view.starts, 0
    plans, products = shared.column("plan", "id"), shared.column("product", "id")
    place = shared.column("account", "id")[account_of(view)[starts.hcp]]
    for row in roll_ups(predictions):
        if row.level == "account":
            for reason in row.reasons:
                if reason.label == "Plan":
                    here = (place == row.subject) & (products[starts.product] == row.product)
                    here &= plans[starts.plan] == reason.node
                    # then
                    assert (here & starts.mature).sum() >= 11
                    assert len(np.unique(starts.hcp[here])) >= 3
                    named += 1
    assert named > 5


def test_what_a_plan_shows_is_counted_since_its_policy_began_and_held_against_all(shared, predictions):
    # given all of a year under one plan, whose policy is older
    view = View(shared)
    starts = view.starts
    there = (starts.plan == 6) & (starts.product == 1) & starts.mature & (starts.written > view.day - YEAR)
    lost, count = int(starts.lost[there].sum()), int(there.sum())
    every = told_starts(view).rates.overall

    # then
    reason = next(one for one in predictions["Plan", "plan_06", "own"].reasons if one.label == "Plan")
    assert f"under Plan 6: {lost} of {count} mature starts of the last year were not dispensed" in reason.text
    assert f"({lost / count:.0%}, of all plans and products {every:.0%})" in reason.text


def test_what_came_before_a_policy_is_not_counted_under_it(whole):
    # given a policy that began half a year ago
    view = View(whole)
    tables = {name: dict(table) for name, table in whole.tables.items()}
    began = tables["policy"]["effective_from"].copy()
    began[view.policy[0, 1]] = whole.day - 180
    tables["policy"]["effective_from"] = began
    fork = View(replace(whole, tables=tables))

    # then
    starts = fork.starts
    there = (starts.plan == 0) & (starts.product == 1) & starts.mature & (starts.written >= whole.day - 180)
    counts = told_starts(fork).plans
    assert counts.starts[1] == there.sum()
    assert counts.lost[1].sum() == starts.lost[there].sum()


def test_an_account_is_held_against_what_its_plans_lead_to_expect(whole):
    # given the starts of a year at an account, of all products
    view = View(whole)
    found = told_starts(view)
    account = int(np.flatnonzero(found.accounts().starts > 30)[0])
    starts = view.starts
    there = starts.mature & (account_of(view)[starts.hcp] == account) & (starts.written > view.day - YEAR)

    # then
    counts = found.accounts()
    assert (counts.starts[account], counts.lost[account].sum()) == (there.sum(), starts.lost[there].sum())
    usual = found.rates.since[starts.plan[there], starts.product[there]].mean()
    assert counts.expected[account] == pytest.approx(usual)


def test_what_is_withheld_moves_no_count_and_nothing_that_is_expected(whole):
    # given a third of the prescribers withholding
    view = View(whole)
    silent = whole.column("hcp", "id")[::3].tolist()
    before = told_starts(view, silent)

    # when all of their starts end differently
    other = View(whole)
    theirs = np.isin(whole.column("hcp", "id"), silent)[view.starts.hcp]
    other.__dict__["starts"] = replace(view.starts, lost=view.starts.lost ^ theirs)
    after = told_starts(other, silent)

    # then
    for one, two in ((before.plans, after.plans), (before.accounts(), after.accounts())):
        assert (one.lost == two.lost).all()
        assert np.array_equal(one.expected, two.expected, equal_nan=True)
    assert np.array_equal(before.rates.since, after.rates.since)
    assert before.rates.overall == after.rates.overall


def test_a_count_that_leaves_few_before_it_is_not_told(whole):
    # given a policy so old that all but few mature starts of a plan came under it
    view = View(whole)
    starts = view.starts
    there = (starts.plan == 0) & (starts.product == 1) & starts.mature
    fifth = int(np.sort(starts.written[there])[4])
    later = View(whole)
    later.__dict__["starts"] = replace(
        starts, written=np.where(there & (starts.written > fifth), view.day - 100, starts.written)
    )

    # then
    counts = told_starts(later).plans
    before = there.sum() - counts.starts[1]
    assert 0 < before < 11
    assert not counts.tellable[1]
    assert counts.tellable.sum() > 5
