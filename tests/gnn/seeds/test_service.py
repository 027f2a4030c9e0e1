"""What a service keeps, when it stops, and who is chosen under which conditions."""

import numpy as np
import pytest

from gnn.seeds import service as module
from gnn.seeds.cascade import Cascade
from gnn.seeds.question import WITH_ALL, WITH_BUDGET, WITH_K, WITH_QUOTA, asked
from gnn.seeds.service import SeedService
from graph.errors import ConfigurationError

SIZES = (9, 7, 5, 4, 3, 2)


@pytest.fixture(scope="module")
def stars():
    """Six centres (0 to 5) that surely reach 9, 7, 5, 4, 3 and 2 others; 3 of the 9 are among the 7 of the next."""
    source = np.repeat(np.arange(6), SIZES)
    shared = [6, 7, 8]
    others = [*range(6, 15), *shared, *range(15, 15 + sum(SIZES[1:]) - 3)]
    nodes = max(others) + 1
    worth = np.ones(nodes)
    return Cascade.of(source, np.array(others), np.ones(len(source)), worth, itself=False)


@pytest.fixture(scope="module")
def service(stars):
    """Asked once: the sets are kept for all that follows."""
    kept = SeedService(stars)
    kept.answer(asked(stars.nodes, range(6), 3), ratio=0.75, seconds=600.0)
    return kept


def _chosen(service, candidates=range(6), k=None, **conditions):
    return service.answer(asked(service.cascade.nodes, candidates, k, **conditions), ratio=0.7, seconds=600.0)


def test_the_widest_reach_comes_first_and_overlap_counts_once(service):
    # when
    found = _chosen(service, k=4)

    # then 1 adds only the four that 0 does not reach: 2, with five, comes before it; 3 and 1 are equal, the first wins
    assert found.chosen[:2] == (0, 2)
    assert set(found.chosen[2:]) == {1, 3}
    assert found.marginal == pytest.approx([9, 5, 4, 4], rel=0.05)
    assert found.low <= 22 <= found.high
    assert found.ratio >= 0.7
    assert (found.stopped, found.guarantee, found.confidence) == ("certified", WITH_K, 0.99)


def test_the_next_question_draws_no_more(service):
    # given
    before = service.sets

    # when
    found = _chosen(service, k=3, exclude=[0], include=[5])

    # then
    assert (found.chosen, found.sets) == ((5, 1, 2), before)
    assert found.marginal == pytest.approx([2, 7, 5], rel=0.05)


def test_quotas_keep_to_the_groups(service):
    # given 0 and 2 in one group, 5 in none
    group = np.zeros(service.cascade.nodes, dtype=np.int64)
    group[[1, 3]], group[4], group[5] = 1, 2, -1

    # when
    found = _chosen(service, k=3, group=group, quota=1)

    # then
    assert found.chosen == (0, 3, 4) or found.chosen == (0, 1, 4)
    assert found.guarantee == WITH_QUOTA


def test_included_ones_take_their_groups_place_and_those_of_none_take_nobodys(service):
    group = np.zeros(service.cascade.nodes, dtype=np.int64)
    group[[1, 3]], group[4], group[5] = 1, 2, -1

    assert _chosen(service, k=4, group=group, quota=1, include=[4, 5]).chosen[2:] in ((0, 1), (0, 3))
    with pytest.raises(ConfigurationError, match="2 of one group are included and the quota is 1: raise it"):
        _chosen(service, k=4, group=group, quota=1, include=[0, 2])


def test_a_budget_buys_the_better_of_both_orders(service):
    # given 0 that takes the whole budget, and cheap small ones
    cost = np.full(service.cascade.nodes, np.inf)
    cost[[0, 4, 5]] = 10.0, 1.0, 1.0

    # when
    dear = _chosen(service, cost=cost, budget=10.0)
    cost[[1, 2, 3]] = 3.0
    cheap = _chosen(service, cost=cost, budget=10.0)

    # then by ratio alone 4 and 5 would have been bought, by spread alone 0
    assert (dear.chosen, dear.guarantee) == ((0,), WITH_BUDGET)
    assert set(cheap.chosen) == {1, 2, 4, 5}
    assert cheap.low <= 17 <= cheap.high
    assert cheap.best_possible <= 1.1 * 19
    assert _chosen(service, k=2, cost=cost, budget=10.0).guarantee == WITH_ALL


def test_included_ones_are_paid_for(service):
    cost = np.full(service.cascade.nodes, 4.0)

    assert _chosen(service, cost=cost, budget=9.0, include=[5]).chosen == (5, 0)
    with pytest.raises(ConfigurationError, match="those included cost 8 and the budget is 7: raise it"):
        _chosen(service, cost=cost, budget=7.0, include=[0, 1])


def test_nobody_is_chosen_who_adds_nothing(service):
    # when ten are asked for, of whom four reach nobody
    found = _chosen(service, candidates=range(10), k=10)

    # then
    assert sorted(found.chosen) == [0, 1, 2, 3, 4, 5]


def test_without_a_number_the_budget_bounds(pairs):
    # given all at cost 1
    question = asked(300, range(150), cost=np.ones(300), budget=100.0)

    # when
    found = SeedService(pairs).answer(question, ratio=0.85, seconds=600.0)

    # then
    assert len(found.chosen) == 100
    assert found.low <= 100 <= found.high
    assert 100 <= found.best_possible < 115


def test_the_same_seed_gives_the_same_answer(stars):
    def ask(seed):
        found = SeedService(stars, seed).answer(asked(stars.nodes, range(6), 3), ratio=0.75, seconds=600.0)
        return found.chosen, found.marginal, found.sets

    assert ask(3) == ask(3)
    assert ask(3)[1] != ask(4)[1]


@pytest.fixture(scope="module")
def pairs():
    """A hundred and fifty nodes that each surely reach one other, so that greedy meets its own bound."""
    size = 150
    return Cascade.of(np.arange(size), np.arange(size) + size, np.ones(size), np.ones(2 * size), itself=False)


def test_the_deadline_ends_what_cannot_be_certified(pairs):
    # when all of the best is to be certified, which no sample can do
    found = SeedService(pairs).answer(asked(300, range(150), 10), ratio=1.0, seconds=0.05)

    # then the best so far is told
    assert (found.stopped, len(found.chosen)) == ("deadline", 10)
    assert 0 < found.ratio < 1


def test_no_more_is_drawn_when_it_is_greedy_that_falls_short(stars):
    # when more is to be certified than overlaps let greedy reach against its bound
    found = SeedService(stars).answer(asked(stars.nodes, range(6), 3), ratio=0.99, seconds=600.0)

    # then the spread is well known nevertheless
    assert found.stopped == "settled"
    assert found.high - found.low <= 0.02 * found.low


def test_memory_ends_it_too(pairs, monkeypatch):
    monkeypatch.setattr(module, "MOST_MEMBERS", 20_000)

    found = SeedService(pairs).answer(asked(300, range(150), 10), ratio=1.0, seconds=600.0)

    assert found.stopped == "memory"
    assert found.sets <= 40_000


def test_where_nobody_reaches_anybody_nobody_is_chosen():
    # given
    none = np.zeros(0, dtype=np.int64)
    cascade = Cascade.of(none, none, np.zeros(0), np.ones(4), itself=False)

    # when
    found = SeedService(cascade).answer(asked(4, range(4), 2), seconds=600.0)

    # then
    assert (found.chosen, found.spread, found.best_possible, found.stopped) == ((), 0.0, 0.0, "nothing to reach")


REFUSED = {
    "k=5 is more than the 4 candidates: ask for at most that many": {"k": 5, "exclude": [0, 1]},
    "k=0: choose at least one": {"k": 0},
    "3 are included and k is 2: raise k, or include fewer": {"k": 2, "include": [0, 1, 2]},
    "quota=0: let at least one of each group be chosen": {"k": 1, "quota": 0, "group": np.zeros(6, dtype=np.int64)},
    "one that is included has no cost: give it one": {
        "k": 1, "include": [0], "cost": np.array([np.inf, 1, 1, 1, 1, 1]), "budget": 3.0,
    },
}  # fmt: skip


@pytest.mark.parametrize("complaint", REFUSED)
def test_what_cannot_be_satisfied_is_refused(complaint):
    with pytest.raises(ConfigurationError, match=complaint):
        asked(6, range(6), **REFUSED[complaint])
