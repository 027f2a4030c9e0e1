"""Gaps between policy and claims, counted by hand; nothing about few starts."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.features.rates import rules
from gnn.policy_claims import difference, policy_claims
from gnn.view import View

YEAR = 365


def rule_rate(view, gaps, one):
    """The smoothed rate of the other told plans whose policies have the rules of one for its product."""
    asked = rules(view)
    gaps = [other for other in gaps if other is not one]
    alike = [other for other in gaps if other.product == one.product
             and (asked[other.plan, other.product] == asked[one.plan, one.product]).all()]  # fmt: skip

    def sums(some):
        return sum(round(other.shows * other.starts) for other in some), sum(other.starts for other in some)

    overall, both = sums(gaps), sums([other for other in gaps if other.product == one.product])
    usual = (both[0] + 20 * (overall[0] + 1) / (overall[1] + 2)) / (both[1] + 20)
    lost, count = sums(alike)
    return (lost + 15 * usual) / (count + 15) if alike else None


@pytest.fixture(scope="module")
def found(whole):
    view = View(whole)
    return view, policy_claims(view)


def test_what_claims_show_is_counted_and_what_policies_say_is_that_of_the_rules(found):
    # given the surest gap
    view, gaps = found
    one = gaps[0]
    starts = view.starts
    there = (starts.plan == one.plan) & (starts.product == one.product) & starts.mature
    there &= starts.written > view.day - YEAR

    # then
    assert one.starts == there.sum()
    assert one.shows == pytest.approx(starts.lost[there].mean())
    assert one.says == pytest.approx(rule_rate(view, gaps, one))
    assert one.gap == one.shows - one.says
    assert all(gap.says == pytest.approx(rule_rate(view, gaps, gap)) for gap in gaps)


def test_a_plan_says_nothing_of_itself(found):
    # given the surest gap, and all of its plan's starts ending differently
    view, gaps = found
    one = gaps[0]
    starts, other = view.starts, View(view.snapshot)
    there = (starts.plan == one.plan) & (starts.product == one.product)
    other.__dict__["starts"] = replace(starts, lost=starts.lost ^ there)

    # then what its policy says stays
    changed = next(gap for gap in policy_claims(other) if (gap.plan, gap.product) == (one.plan, one.product))
    assert changed.shows == pytest.approx(1 - one.shows)
    assert changed.says == one.says


def test_where_no_other_plan_has_the_rules_nothing_is_said(found):
    # given a plan that no other is alike
    view, gaps = found
    one = gaps[0]
    tables = {name: dict(table) for name, table in view.snapshot.tables.items()}
    row = view.policy[one.plan, one.product]
    tables["policy"]["tier"] = tables["policy"]["tier"].copy()
    tables["policy"]["tier"][row] = 9

    # when
    fork = replace(view.snapshot, tables=tables)
    alone = next(gap for gap in policy_claims(View(fork)) if (gap.plan, gap.product) == (one.plan, one.product))

    # then
    assert (alone.shows, alone.starts) == (one.shows, one.starts)
    assert (alone.says, alone.gap, alone.low, alone.high) == (None, None, None, None)


def test_the_interval_is_of_both_rates_and_decides_the_order(found):
    # given
    _, gaps = found
    measured = [gap for gap in gaps if gap.says is not None]
    wide = 0
    for gap in measured:
        assert gap.low < gap.gap < gap.high
        # then it is wider than that of the plan's own rate, and not twice as wide for many starts
        own = 1.645 * np.sqrt(gap.shows * (1 - gap.shows) / gap.starts)
        assert gap.high - gap.low > 1.8 * own
        wide += gap.high - gap.low > 0.2
    nearer = [max(gap.low, -gap.high) for gap in measured]
    assert nearer == sorted(nearer, reverse=True)
    # and a wide interval does not lead
    assert 0 < wide < len(measured)
    assert gaps[: len(measured)] == measured
    assert gaps[0].high - gaps[0].low < max(gap.high - gap.low for gap in measured)


def test_the_interval_is_newcombes():
    # given 56 of 70 and 48 of 80, as in Newcombe (1998): Wilson's 90 % intervals are .7109 to .8668 and .5081 to .6854
    found = difference(56 / 70, 70, 48 / 80, 80)

    # then they are squared and added
    assert found == pytest.approx((0.2 - np.hypot(0.0891, 0.0854), 0.2 + np.hypot(0.0668, 0.0919)), abs=1e-4)


def test_no_rate_gives_away_few_starts(found):
    _, gaps = found
    lost = [round(gap.shows * gap.starts) for gap in gaps]
    assert all(count == 0 or count >= 11 for count in lost)
    assert all(gap.starts - count == 0 or gap.starts - count >= 11 for gap, count in zip(gaps, lost, strict=True))


def test_what_is_not_told_moves_no_other_number(found):
    # given a third of the prescribers withholding
    view, gaps = found
    assert len(gaps) > 5
    starts = view.starts
    silent = view.snapshot.column("hcp", "id")[::3].tolist()
    before = {(gap.plan, gap.product): gap for gap in policy_claims(view, silent)}

    # when all of their starts end differently
    other = View(view.snapshot)
    theirs = np.isin(view.snapshot.column("hcp", "id"), silent)[starts.hcp]
    other.__dict__["starts"] = replace(starts, lost=starts.lost ^ theirs)

    # then nothing that is told does
    assert {(gap.plan, gap.product): gap for gap in policy_claims(other, silent)} == before


def test_who_withholds_is_not_counted(found):
    # given half of the prescribers withholding
    view, gaps = found
    silent = view.snapshot.column("hcp", "id")[::2].tolist()
    kept = ~np.isin(view.snapshot.column("hcp", "id"), silent)

    # when
    fewer = {(gap.plan, gap.product): gap for gap in policy_claims(view, silent)}

    # then
    starts = view.starts
    assert fewer
    for (plan, product), gap in fewer.items():
        there = (starts.plan == plan) & (starts.product == product) & starts.mature & kept[starts.hcp]
        assert gap.starts == (there & (starts.written > view.day - YEAR)).sum()
    assert sum(gap.starts for gap in fewer.values()) < sum(gap.starts for gap in gaps)
