"""How far rates of groups lie from what is expected: found where planted, and narrower the more starts are seen."""

import numpy as np
import pytest

from gnn.interval import Groups, fit_concentration
from gnn.levels import account_of
from gnn.spread import SHARED, Spread, fit_spread
from gnn.view import View

YEAR = 365


def test_a_group_is_known_as_well_as_its_starts_and_the_prior_say(whole):
    # given the mature starts of a year, counted by hand for one account and product
    view = View(whole)
    prior = {"plan": 20.0, "account": 100.0, "territory": 400.0}
    spread = Spread(view, prior)
    starts = view.starts
    seen = starts.mature & (starts.written > view.day - YEAR)
    account, product = 3, 1
    count = (seen & (account_of(view)[starts.hcp] == account) & (starts.product == product)).sum()

    # then
    assert count > 0
    assert spread.of["account"][account, product] == 100.0 + count
    assert {level: values.shape for level, values in spread.of.items()} == {
        "plan": (view.plans, view.products),
        "account": (view.accounts, view.products),
        "territory": (view.territories, view.products),
    }


def test_starts_under_an_older_policy_say_nothing_of_a_plan(whole, make_tables):
    # given the same twin with every policy begun 100 days ago
    from graph.history.snapshot import Snapshot

    tables = make_tables(seed=5, hcps=250)
    tables["policy"]["effective_from"] = [whole.day - 100] * len(tables["policy"]["id"])
    prior = dict.fromkeys(SHARED, 1.0)
    old, new = View(whole), View(Snapshot.of(whole.day, tables))
    starts = new.starts
    since = starts.mature & (starts.written >= whole.day - 100)

    # then only starts since then count for plans, and all of the year for accounts
    assert Spread(new, prior).of["plan"].sum() == since.sum() + new.plans * new.products
    assert np.array_equal(Spread(new, prior).of["account"], Spread(old, prior).of["account"])


def test_the_variance_of_a_row_is_that_of_its_plan_its_account_and_its_hcp(whole):
    # given
    view = View(whole)
    spread = Spread(view, {"plan": 20.0, "account": 100.0, "territory": 400.0, "hcp": 50.0})
    hcp, product, plan = np.array([5]), np.array([1]), np.array([2])
    account = account_of(view)[5]

    starts = view.starts
    written = (starts.mature & (starts.written > view.day - YEAR) & (starts.hcp == 5)).sum()
    assert written > 0

    # then the HCP's own part is what HCPs scatter beyond accounts, known by its own starts
    own = 1 / 51 - 1 / 101
    parts = (spread.of["plan"][2, 1] + 1, spread.of["account"][account, 1] + 1, 1 / own + written)
    variance = sum(1 / part for part in parts)
    assert spread.of_rows(hcp, product, plan).tolist() == pytest.approx([1 / variance - 1])


def test_the_planted_spread_of_accounts_is_found(whole):
    # given accounts whose skill moves the chance of failing by .7 on the logit, and no such thing by territory
    found = fit_spread(View(whole))

    # then accounts scatter like a beta of about that variance, territories far less
    assert 3 < found["account"] < 40
    assert found["territory"] > 3 * found["account"]


def test_few_groups_are_taken_to_scatter_more_than_they_show():
    # given four groups with exactly the expected rate
    groups = Groups(np.full(4, 50.0), np.full(4, 20.0), np.full(4, 0.4), np.full(4, 12.0))

    # then the widest spread that the data support is used, not none
    assert fit_concentration(groups) < 1_000
