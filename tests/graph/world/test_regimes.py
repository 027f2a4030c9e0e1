"""Each regime plants what its name says, and what it does not name stays as in the default."""

from pathlib import Path

import numpy as np
import pytest

from graph.world.access import Barrier
from graph.world.dynamics import caused_by_calls, social_multiplier
from graph.world.network import make_decoys
from graph.world.products import OWN
from graph.world.promotion import POLICY
from graph.world.regimes import REGIMES
from graph.world.settings import WorldSettings
from graph.world.world import World, make_world

SIZE = {"hcps": 300, "months": 12}


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {name: make_world(WorldSettings(out=Path("world"), regime=name, **SIZE)) for name in REGIMES}


def alike(world: World) -> float:
    """How much closer in openness peers are than any two of a territory."""
    openness, network = world.hcps.openness, world.network
    gap = np.abs(openness[network.source] - openness[network.target]).mean()
    rng = np.random.default_rng(1)
    other = rng.permutation(network.target)
    same = world.hcps.territory[network.source] == world.hcps.territory[other]
    return float(np.abs(openness[network.source[same]] - openness[other[same]]).mean() - gap)


def test_there_are_the_regimes_that_the_docs_name() -> None:
    assert set(REGIMES) == {
        "contagion_homophily", "homophily_only", "contagion_only", "no_graph_signal", "policy_shock", "drift",
        "cold_start_region", "adversarial",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["homophily_only", "no_graph_signal"])
def test_without_contagion_peers_cause_nothing(worlds: dict[str, World], name: str) -> None:
    assert social_multiplier(worlds[name].dynamics, worlds[name].weeks) == 1.0
    assert social_multiplier(worlds["contagion_only"].dynamics, worlds["contagion_only"].weeks) > 1.05


def test_peers_are_alike_only_with_homophily(worlds: dict[str, World]) -> None:
    # when
    with_it, without = alike(worlds["homophily_only"]), alike(worlds["no_graph_signal"])
    # then those of one account are a little alike anyway
    assert with_it > without + 0.1
    assert alike(worlds["contagion_only"]) == pytest.approx(without)


def test_a_policy_shock_hits_at_once(worlds: dict[str, World]) -> None:
    # given
    world, before = worlds["policy_shock"], worlds["contagion_homophily"]
    middle = world.clock.editions.index(world.clock.policy_change)
    # then that day restricts more, and no day before
    asked, usual = world.policies.prior_authorization[:, :, OWN], before.policies.prior_authorization[:, :, OWN]
    assert (asked[:middle] == usual[:middle]).all()
    assert asked[middle].sum() >= usual[middle].sum() + 3
    shocked = [one for one in world.policies.changes if one.edition == middle]
    assert {one.change for one in shocked} == {"PA_ADDED", "STEP_ADDED", "STEP_REMOVED"}
    # and who starts afterwards is lost to it more often
    late = (world.starts.edition == middle) & (world.starts.product == OWN)
    usual_late = (before.starts.edition == middle) & (before.starts.product == OWN)
    hard = (Barrier.PA, Barrier.STEP)
    assert world.expected.share[late][:, hard].sum(axis=1).mean() > (
        before.expected.share[usual_late][:, hard].sum(axis=1).mean() + 0.05
    )


def test_force_is_lost_while_it_drifts(worlds: dict[str, World]) -> None:
    assert worlds["drift"].weeks[0].force == pytest.approx(1.4)
    assert worlds["drift"].weeks[-1].force == pytest.approx(0.6)
    assert {week.force for week in worlds["contagion_homophily"].weeks} == {1.0}
    assert worlds["drift"].policies.tightening > 0


def test_a_cold_region_has_no_past(worlds: dict[str, World]) -> None:
    # given
    world = worlds["cold_start_region"]
    cold = world.cold.hcps
    # then a part of the HCPs has neither published ties nor promotion nor answers from before
    assert 0.1 < cold.mean() < 0.5
    shown = world.network.published
    assert not cold[world.network.source[shown]].any()
    assert not cold[world.network.target[shown]].any()
    assert world.promotion.calls.day[cold[world.promotion.calls.hcp]].min() >= world.cold.since
    assert all(one.day >= world.cold.since for one in world.research if cold[one.hcp])
    assert not worlds["contagion_homophily"].cold.hcps.any()


def test_a_deceiving_world_deceives(worlds: dict[str, World]) -> None:
    # given
    world = worlds["adversarial"]
    # then leaders write little, calls are padded, and ties are made up
    median = np.median(world.hcps.volume)
    assert (world.hcps.volume[world.hcps.leadership > 0] <= median).all()
    assert 0.1 < 1 - world.promotion.calls.genuine.mean() < 0.4
    decoys = make_decoys(world.settings, world.network)
    known = set(zip(world.network.source.tolist(), world.network.target.tolist(), strict=True))
    assert len(decoys.source) > 100
    assert known.isdisjoint(zip(decoys.source.tolist(), decoys.target.tolist(), strict=True))
    assert len(make_decoys(worlds["drift"].settings, worlds["drift"].network).source) == 0


def test_without_the_lottery_every_suggestion_follows_the_policy(worlds: dict[str, World]) -> None:
    # given
    off = make_world(WorldSettings(out=Path("world"), promotion_arm=False, **SIZE))
    drawn = worlds["contagion_homophily"].promotion.suggestions
    # then
    assert (off.promotion.suggestions.arm == POLICY).all()
    assert np.isnan(off.promotion.suggestions.propensity).all()
    assert (drawn.arm != POLICY).mean() > 0.3
    # and nothing that does not hang on promotion moved
    assert off.hcps.npi == worlds["contagion_homophily"].hcps.npi
    assert (off.network.patients == worlds["contagion_homophily"].network.patients).all()


def test_calls_cause_starts(worlds: dict[str, World]) -> None:
    for world in worlds.values():
        per_call = caused_by_calls(world.dynamics, world.weeks) / world.promotion.calls.genuine.sum()
        assert 0.02 < per_call < 0.35
