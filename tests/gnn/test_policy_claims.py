"""Gaps between policy and claims, counted by hand; nothing about few starts."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.features.rates import rules
from gnn.policy_claims import policy_claims
from gnn.view import View

YEAR = 365


def rule_rate(view, gaps, one):
    """The smoothed rate of the told plans whose policies have the rules of one for its product."""
    asked = rules(view)
    alike = [other for other in gaps if other.product == one.product
             and (asked[other.plan, other.product] == asked[one.plan, one.product]).all()]  # fmt: skip

    def sums(some):
        return sum(round(other.shows * other.starts) for other in some), sum(other.starts for other in some)

    overall, both = sums(gaps), sums([other for other in gaps if other.product == one.product])
    usual = (both[0] + 20 * (overall[0] + 1) / (overall[1] + 2)) / (both[1] + 20)
    lost, count = sums(alike)
    return (lost + 15 * usual) / (count + 15)


@pytest.fixture(scope="module")
def found(whole):
    view = View(whole)
    return view, policy_claims(view)


def test_what_claims_show_is_counted_and_what_policies_say_is_that_of_the_rules(found):
    # given the widest gap
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
    assert [abs(gap.gap) for gap in gaps] == sorted((abs(gap.gap) for gap in gaps), reverse=True)


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
