"""What is planted can be found: contagion in one regime, only homophily in the other."""

from pathlib import Path

import numpy as np
import pytest

from graph.world import influence
from graph.world.adoption import NEVER
from graph.world.influence import true_influence
from graph.world.products import OWN
from graph.world.settings import WorldSettings
from graph.world.world import World, make_world


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {
        regime: make_world(WorldSettings(out=Path("world"), hcps=1_000, regime=regime))
        for regime in ("contagion_homophily", "homophily_only")
    }


def lift(world: World) -> float:
    """Mean exposure of those who adopt in a week, in standard deviations above all who wait."""
    week_of = world.adoption.week
    lifts: list[float] = []
    for week in range(world.first_week + 8, world.clock.weeks):
        waiting = (week_of == NEVER) | (week_of >= week)
        exposure = world.adoption.exposure[week][waiting]
        adopting = week_of[waiting] == week
        lifts += ((exposure[adopting] - exposure.mean()) / exposure.std()).tolist()
    return float(np.mean(lifts))


def test_exposure_goes_with_adoption_more_where_contagion_is_planted(worlds: dict[str, World]) -> None:
    # when
    contagion, homophily = lift(worlds["contagion_homophily"]), lift(worlds["homophily_only"])
    # then
    assert contagion > homophily + 0.1
    assert contagion > 0.2


def test_peers_are_alike_in_both_regimes(worlds: dict[str, World]) -> None:
    for world in worlds.values():
        # given
        network, openness = world.network, world.hcps.openness
        # when
        together = np.corrcoef(openness[network.source], openness[network.target])[0, 1]
        # then
        assert together > 0.3


def test_influence_is_planted_only_with_contagion(worlds: dict[str, World]) -> None:
    # when
    planted, absent = true_influence(worlds["contagion_homophily"]), true_influence(worlds["homophily_only"])
    # then
    assert len(planted.hcp) >= 60
    assert (planted.value >= 0).all()
    assert planted.value.max() > 0.1
    assert (absent.value == 0).all()


def test_what_lies_beyond_three_ties_does_not_count(worlds: dict[str, World], monkeypatch: pytest.MonkeyPatch) -> None:
    # given the influence followed over three ties
    near = true_influence(worlds["contagion_homophily"])
    # when it is followed twice as far
    monkeypatch.setattr(influence, "HOPS", 6)
    far = true_influence(worlds["contagion_homophily"])
    # then
    assert far.value == pytest.approx(near.value, abs=1e-6)


def test_leaders_influence_more(worlds: dict[str, World]) -> None:
    # given
    world = worlds["contagion_homophily"]
    true = true_influence(world)
    leader = world.hcps.leadership[true.hcp] > 0
    # then
    assert true.value[leader].mean() > 2 * true.value[~leader].mean()


def test_friction_is_planted_by_plan(worlds: dict[str, World]) -> None:
    # given the exact friction of the own product in each plan, by its policy
    world = worlds["contagion_homophily"]
    starts = world.starts
    own = starts.product == OWN
    at = (starts.edition[own], world.payers.plan_formulary[starts.plan[own]], OWN)
    expected = world.expected.value[own]
    # then prior authorization and missing coverage make it harder
    asked, covered = world.policies.prior_authorization[at], world.policies.covered[at]
    assert expected[asked & covered].mean() > expected[~asked & covered].mean() + 0.1
    assert expected[~covered].mean() > expected[covered].mean()


def test_retired_hcps_write_nothing(worlds: dict[str, World]) -> None:
    world = worlds["contagion_homophily"]
    assert world.hcps.retired.sum() > 0
    assert not world.hcps.retired[world.starts.hcp].any()


def test_the_earlier_names_of_regimes_go_on_working() -> None:
    assert WorldSettings(out=Path("world"), regime="contagion").planted.name == "contagion_homophily"
    assert WorldSettings(out=Path("world"), regime="homophily").planted.name == "homophily_only"
