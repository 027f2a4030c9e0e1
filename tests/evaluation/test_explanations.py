"""Truth about causes follows from the world's own law, and reasons are held against it."""

import numpy as np
import pytest

from bench.evaluation.explanations import _shares
from graph.world import WorldSettings
from graph.world.access import exact_friction, odds
from graph.world.clock import WEEK
from graph.world.contributions import Contributions, of_adoption, of_friction, strongest
from graph.world.oracle import recent_starts, week_at
from graph.world.products import OWN
from graph.world.world import make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return make_world(WorldSettings(out=tmp_path_factory.mktemp("world") / "w", seed=5, hcps=400, months=18))


def _logit(chance):
    return np.log(chance / (1 - chance))


def test_a_peer_adds_what_the_weekly_hazard_loses_without_its_starts(world):
    # given the state at the end of the world
    day = world.clock.days - 1
    week = day // WEEK + 1
    recent, now = recent_starts(world, week), week_at(world, week - 1)
    hazard = world.dynamics.hazard(world.dynamics.exposure(recent), now)
    [found] = [one for one in of_adoption(world, day) if one.cause == "peer"]

    # when each of five peers with much influence has written nothing
    for place in np.argsort(-found.value)[:5].tolist():
        without = recent.copy()
        without[found.of[place]] = 0.0
        less = world.dynamics.hazard(world.dynamics.exposure(without), now)

        # then the logit of the follower falls by what was told
        subject = found.subject[place]
        assert found.value[place] == pytest.approx(_logit(hazard[subject]) - _logit(less[subject]), abs=1e-9)
        assert found.value[place] > 0.05


def test_what_everybody_has_counts_against_the_average_and_sums_to_the_logit(world):
    # given all terms but the peers, whose parts overlap, and the changes, which are part of access
    day = world.clock.days - 1
    week = day // WEEK + 1
    terms = [one.value for one in of_adoption(world, day) if one.cause not in ("peer", "change")]
    now = week_at(world, week - 1)
    quiet = _logit(world.dynamics.hazard(np.zeros(400), now))

    # then they differ from the hazard without peers by one number for all
    rest = quiet - np.sum(terms, axis=0)
    assert np.ptp(rest) < 1e-9


def test_a_policy_adds_to_friction_what_is_lost_by_its_clauses(world):
    # given starts of the own product of every HCP under the plan of its first patient
    hcp = np.arange(400)
    plan = world.patients.plan[world.patients.first[hcp]]
    product, day = np.full(400, OWN), world.clock.days - 1
    found = {one.cause: one for one in of_friction(world, day, hcp, plan, product)}
    edition = np.full(400, world.clock.edition_at(day))
    exact = exact_friction(odds(world.hcps, world.payers, world.policies, hcp, plan, product, edition)).value

    # then nothing is added where nothing is asked, and something wherever a clause is
    at = (edition, world.payers.plan_formulary[plan], product)
    policies = world.policies
    asked = policies.step[at] | policies.prior_authorization[at] | policies.quantity_limit[at] | ~policies.covered[at]
    assert (found["policy"].value[~asked] == 0).all()
    assert (found["policy"].value[asked] > 0.02).all()
    assert (found["policy"].value <= exact).all()
    # and skill lowers what it can lower
    own = (world.hcps.skill - world.accounts.skill[world.hcps.account])[asked]
    assert np.corrcoef(found["record"].value[asked], own)[0, 1] < -0.7


def test_the_strongest_causes_above_the_threshold_come_first():
    found = [
        Contributions(np.array([0, 0, 1]), "peer", np.array([7, 8, 9]), np.array([0.3, 0.1, -0.2])),
        Contributions(np.array([0, 1, 2]), "calls", np.array([0, 1, 2]), np.array([0.4, 0.25, 0.19])),
    ]
    assert strongest(found, 3, 0.2, 5) == [
        [("calls", 0, True), ("peer", 7, True)],
        [("calls", 1, True), ("peer", 9, False)],
        [],
    ]
    assert strongest(found, 3, 0.2, 1) == [[("calls", 0, True)], [("calls", 1, True)], []]


def test_shares_count_the_causes_among_the_first_five_reasons():
    # given two subjects with causes, one with none; six reasons, of which the sixth would name one
    noise = [({("volume", place)}, True) for place in range(10, 14)]
    causes = [[("peer", 7, True), ("calls", 0, True)], [("access", 1, False)], []]
    reasons = [
        [({("peer", 7)}, True), *noise, ({("calls", 0)}, True)],
        [({("access", 1), ("change", 3)}, True)],
        noise,
    ]

    # when
    found = _shares(causes, reasons)

    # then the reason that raises what access lowers is found, but not with its sign
    assert found == {
        "subjects": 2,
        "causes": 1.5,
        "found": 0.75,
        "found_with_its_sign": 0.25,
        "found_in_as_many": 0.75,
        "strongest_found": 1.0,
        "chance": pytest.approx((5 / 6 + 1) / 2),
        "by_cause": {
            "access": {"acting": 1, "found": 1.0},
            "calls": {"acting": 1, "found": 0.0},
            "peer": {"acting": 1, "found": 1.0},
        },
    }
