"""The sets against an independent forward simulation, and what a cascade is."""

import numpy as np
import pytest
from cynetdiff.models import IndependentCascadeModel

from gnn.seeds.cascade import FOREVER, Cascade
from gnn.seeds.question import asked
from gnn.seeds.service import SeedService

NODES, EDGES, TRIALS = 1_500, 7_000, 4_000


def _graph(random):
    """Distinct edges, most towards few nodes."""
    source = random.integers(0, NODES, 2 * EDGES)
    target = (NODES * random.random(2 * EDGES) ** 3).astype(np.int64)
    pairs = np.unique(np.stack([source, target])[:, source != target], axis=1)
    return pairs[:, random.choice(pairs.shape[1], EDGES, replace=False)]


def _chances(random, kind, target):
    if kind == "one per node":
        return 1.0 / np.bincount(target, minlength=NODES)[target]
    if kind == "one for all":
        return np.full(EDGES, 0.08)
    return random.beta(1, 9, EDGES)


def _simulated(source, target, chance, worth, chosen, steps, random):
    """Worth of whom a cascade from the chosen reaches: one value per trial."""
    order = np.argsort(source, kind="stable")
    starts = np.zeros(NODES, dtype=np.uint32)
    starts[1:] = np.cumsum(np.bincount(source, minlength=NODES))[:-1]
    model = IndependentCascadeModel(
        starts, target[order].astype(np.uint32), activation_probs=chance[order].astype(np.float32), rng=random
    )
    model.set_seeds(list(chosen))
    values = np.empty(TRIALS)
    for trial in range(TRIALS):
        model.reset_model()
        if steps == FOREVER:
            model.advance_until_completion()
        else:
            for _ in range(steps):
                model.advance_model()
        values[trial] = worth[list(model.get_activated_nodes())].sum()
    return values


@pytest.mark.parametrize("kind", ["one per node", "one for all", "different"])
@pytest.mark.parametrize("steps", [2, FOREVER], ids=["two steps", "until over"])
def test_spread_agrees_with_an_independent_simulation(kind, steps):
    # given
    random = np.random.default_rng(5)
    source, target = _graph(random)
    chance, worth = _chances(random, kind, target), random.choice([0.0, 1.0, 3.0], NODES)
    service = SeedService(Cascade.of(source, target, chance, worth, itself=True, steps=steps))

    # when
    answer = service.answer(asked(NODES, range(NODES), 10), ratio=0.7, seconds=600.0)
    values = _simulated(source, target, chance, worth, answer.chosen, steps, np.random.default_rng(6))

    # then within three standard errors of both
    share = answer.spread / worth.sum()
    ours = worth.sum() * np.sqrt(share * (1 - share) / (answer.sets / 2))
    error = np.hypot(ours, values.std() / np.sqrt(TRIALS))
    assert answer.stopped == "certified"
    assert abs(answer.spread - values.mean()) <= 3 * error
    assert sum(answer.marginal) == pytest.approx(answer.spread)


def test_whoever_is_chosen_counts_only_where_asked_for():
    # given 0 that always reaches 1, worth 2
    def spread(itself, chosen):
        cascade = Cascade.of(np.array([0]), np.array([1]), np.array([1.0]), np.array([5.0, 2.0]), itself=itself)
        answer = SeedService(cascade).answer(asked(2, [], 1, include=[chosen]), seconds=0.2)
        return answer.spread

    # then, where only others count, the set of 1 alone is drawn and the spread of 0 is its worth
    assert spread(False, 0) == 2.0
    assert spread(False, 1) == 0.0
    assert spread(True, 1) == pytest.approx(2.0, abs=0.2)
    assert spread(True, 0) == 7.0


def test_steps_end_a_cascade():
    # given a chain of certain edges
    def spread(steps):
        chain = np.arange(5)
        cascade = Cascade.of(chain, chain + 1, np.ones(5), np.ones(6), itself=False, steps=steps)
        return SeedService(cascade).answer(asked(6, [0], 1), ratio=0.95, seconds=600.0)

    # then 0 reaches as many as there are steps
    for steps in (1, 2, 3, 5):
        found = spread(steps)
        assert found.low <= steps <= found.high
    assert spread(FOREVER).spread == 5.0


def test_parallel_edges_and_edges_to_oneself():
    # given an edge twice, half as likely each, and one from 1 to itself
    cascade = Cascade.of(
        np.array([0, 0, 1]), np.array([1, 1, 1]), np.array([0.5, 0.5, 1.0]), np.array([0.0, 1.0]), itself=False
    )

    # when
    found = SeedService(cascade).answer(asked(2, [0], 1), ratio=0.97, seconds=600.0)

    # then each has its own chance
    assert found.low <= 0.75 <= found.high
    assert found.high - found.low < 0.05


BAD = {
    "an edge names a node outside 0 to 1": {"target": np.array([2])},
    "a chance is not between 0 and 1": {"chance": np.array([1.5])},
    "what a node is worth is negative or no number": {"worth": np.array([1.0, -1.0])},
    "1 sources, 1 targets and 2 chances": {"chance": np.array([0.5, 0.5])},
    "steps=0": {"steps": 0},
}


@pytest.mark.parametrize("complaint", BAD)
def test_what_is_no_cascade_is_refused(complaint):
    given = {"source": np.array([0]), "target": np.array([1]), "chance": np.array([0.5]), "worth": np.ones(2)}
    with pytest.raises(ValueError, match=complaint):
        Cascade.of(**given | BAD[complaint], itself=True)
