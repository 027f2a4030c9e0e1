"""What roll-ups tell cannot be subtracted to what they withhold: an attacker with a solver tries."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from gnn.cohorts import Cohorts
from gnn.expected import Expected
from gnn.roll_ups import FEWEST_PRESCRIBERS, FEWEST_STARTS, RollUps, choose_roll_ups
from graph.schema.cohort import SEGMENT_LEVELS

PLANS = 4
MANY_PLANS = 9
PAYERS = np.array([0, 0, 1, 1, 0, 2, 1, 2, -1])
"""Of each plan; the last one has none."""
KINDS = np.array([0, 1, 0, 1, 0, 2, 2, 1, 0])


@dataclass
class World:
    """Prescribers with an account and a territory each (-1: none), and their mature starts per plan of a payer.

    ``state`` and ``site`` of each; unless given, all are alike.
    """

    account: np.ndarray
    territory: np.ndarray
    starts: np.ndarray
    state: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    site: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.state):
            self.state = self.site = np.zeros(len(self.account), dtype=np.int64)

    @property
    def cohorts(self) -> Cohorts:
        """Three kinds of plans, states and sites."""
        names = ("a", "b", "c")
        return Cohorts(names, names, names, KINDS[: self.starts.shape[1]], self.state, self.site)

    @property
    def payer(self) -> np.ndarray:
        """[plan]: its payer, or -1."""
        return PAYERS[: self.starts.shape[1]]

    def choose(self, left_out: np.ndarray | None = None) -> RollUps:
        hcp, plan = (axis.astype(np.int64) for axis in np.nonzero(self.starts))
        nothing = np.zeros(len(hcp))
        cells = Expected(
            hcp, np.zeros(len(hcp), dtype=np.int64), plan, nothing, self.starts[hcp, plan], nothing, nothing, nothing
        )
        view = SimpleNamespace(
            hcps=len(self.account),
            products=1,
            plans=self.starts.shape[1],
            plan_payer=self.payer,
            territories=int(self.territory.max()) + 1,
            at_account=_matrix(self.account),
            in_territory=_matrix(self.territory),
            once=lambda compute: self.cohorts,
        )
        out = np.zeros(len(self.account), dtype=bool) if left_out is None else left_out
        return choose_roll_ups(view, cells, self.starts[hcp, plan], out)

    def groups(self) -> dict[str, np.ndarray]:
        """[row]: number of its group; the parts are those of an account in a territory."""
        hcp, plan = np.nonzero(self.starts)
        part = np.where(self.account >= 0, self.account * 100 + self.territory + 1, -1)
        return {
            "plan": plan,
            "payer": self.payer[plan],
            "account": self.account[hcp],
            "territory": self.territory[hcp],
            "part": part[hcp],
            **{f"cohort {level}": self.cohorts.of(level, hcp, plan) for level in SEGMENT_LEVELS},
        }


def _matrix(group: np.ndarray) -> sparse.csr_matrix:
    has = np.flatnonzero(group >= 0)
    return sparse.csr_matrix((np.ones(len(has)), (has, group[has])), shape=(len(group), max(1, group.max() + 1)))


def random_world(seed: int, plans: int = PLANS) -> World:
    """Mostly nested accounts, some that cross territories, some prescribers without either, few starts each.

    Every third is so large that groups which lie across accounts and territories are told, too.
    """
    random = np.random.default_rng(seed)
    most, rate = (40, 1.6) if seed % 3 else (160, 5.0)
    count = int(random.integers(12, most))
    account = random.integers(-1, 7, count)
    # With some, everybody has a territory: then all plans together are known.
    nowhere = -1 if seed % 2 else 0
    territory = np.where(random.random(count) < 0.8, account % 3, random.integers(nowhere, 3, count))
    starts = random.poisson(random.gamma(0.7, rate, count)[:, None] * random.dirichlet(np.ones(plans), count))
    # States follow territories but for some, sites accounts but for some.
    state = np.where(random.random(count) < 0.85, (territory + 1) // 2, random.integers(0, 3, count))
    site = np.where(random.random(count) < 0.7, (account + 1) % 3, random.integers(0, 3, count))
    return World(account, territory, starts, state, site)


def told_sums(world: World, told: RollUps) -> np.ndarray:
    """[sum, row]: 1 where the row counts for a sum that is told."""
    groups = world.groups()
    return np.array(
        [
            kept & (groups[level] == number)
            for level, kept in (
                ("plan", told.plan),
                ("payer", told.payer),
                ("account", told.account),
                ("territory", told.territory),
                ("cohort all", told.whole),
                ("cohort planKind", told.kind),
                *((f"cohort {level}", told.place) for level in SEGMENT_LEVELS[2:]),
            )
            for number in np.unique(groups[level][kept])
        ]
    ).reshape(-1, len(groups["plan"]))


def ranges(sums: np.ndarray, starts: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """The fewest and the most starts that the wanted rows can have for somebody who knows the sums."""
    known = {} if not len(sums) else {"A_eq": sums.astype(float), "b_eq": sums @ starts}
    low = linprog(wanted.astype(float), **known, bounds=(0, None))
    high = linprog(-wanted.astype(float), **known, bounds=(0, 1e6))
    assert low.status == high.status == 0
    return low.fun, -high.fun


@pytest.mark.parametrize(("seed", "plans"), [(seed, PLANS if seed < 60 else MANY_PLANS) for seed in range(120)])
def test_no_small_group_follows_from_what_is_told(seed, plans):
    # given
    world = random_world(seed, plans)
    told = world.choose()
    hcp, plan = np.nonzero(world.starts)
    starts = world.starts[hcp, plan]
    sums = told_sums(world, told)

    # then: what is told is of enough prescribers and starts
    for rows in sums:
        assert len(np.unique(hcp[rows])) >= FEWEST_PRESCRIBERS
        assert starts[rows].sum() >= FEWEST_STARTS

    # and: every small group could be large, and none of too few prescribers is known
    groups = world.groups()
    groups["others of a payer"] = np.where(told.plan, -2, groups["payer"])
    for group in groups.values():
        for number in np.unique(group):
            rows = group == number
            few = len(np.unique(hcp[rows])) < FEWEST_PRESCRIBERS
            if few or starts[rows].sum() < FEWEST_STARTS:
                low, high = ranges(sums, starts, rows)
                assert high >= FEWEST_STARTS - 1e-6
                assert high - low > 0.5


def test_cohort_groups_are_told_in_large_worlds():
    # given: all that the solver tries
    told = [(random_world(seed), random_world(seed).choose()) for seed in range(0, 60, 3)]

    # then: of each dimension at least two groups in many of them
    for level, kept in (("planKind", "kind"), ("state", "place"), ("siteOfCare", "place")):
        counts = [len(np.unique(world.groups()[f"cohort {level}"][getattr(one, kept)])) for world, one in told]
        assert sum(count >= 2 for count in counts) >= 8
    assert sum(one.whole.all() for _, one in told) >= 18


def nested(*sizes: tuple[int, int, int]) -> World:
    """Accounts as (territory, prescribers, starts of each), all under all plans in turn."""
    account = np.repeat(np.arange(len(sizes)), [count for _, count, _ in sizes])
    territory = np.repeat([place for place, _, _ in sizes], [count for _, count, _ in sizes])
    each = np.repeat([starts for _, _, starts in sizes], [count for _, count, _ in sizes])
    starts = np.zeros((len(account), PLANS), dtype=np.int64)
    starts[np.arange(len(account)), np.arange(len(account)) % PLANS] = each
    return World(account, territory, starts)


def test_beside_a_withheld_account_a_second_one_is_withheld():
    # given: a territory of three accounts, one of which has two prescribers; another territory
    world = nested((0, 2, 9), (0, 4, 6), (0, 4, 5), (1, 5, 9), (1, 5, 9))

    # when
    told = world.choose()

    # then: of the two large accounts beside it the one with fewer starts is withheld too
    account = world.groups()["account"]
    assert np.unique(account[told.account]).tolist() == [1, 3, 4]
    assert told.territory.all()


def test_prescribers_of_an_account_who_are_alone_in_a_territory_do_not_count_for_it():
    # given: an account with four prescribers in one territory and one in the other, which has another account
    world = nested((0, 4, 5), (0, 4, 5), (1, 4, 5), (1, 1, 9))
    world.account[-1] = 0

    # when
    told = world.choose()

    # then: the one prescriber there is not told with the account, and the other account's rest protects them
    groups = world.groups()
    assert groups["territory"][told.account & (groups["account"] == 0)].tolist() == [0, 0, 0, 0]
    assert not told.account[groups["account"] == 2].any()


def test_who_withholds_prescribing_counts_nowhere():
    # given
    world = nested((0, 5, 5), (1, 5, 5))
    left_out = np.arange(10) == 3

    # when
    told = world.choose(left_out)

    # then: as if they did not exist
    world.starts[3] = 0
    without = world.choose()
    assert told.used.tolist() == [True, True, True, False, True, True, True, True, True, True]
    for kept, other in ((told.plan, without.plan), (told.account, without.account)):
        assert np.delete(kept, 3).tolist() == other.tolist()
        assert not kept[3]


def test_a_plan_of_one_territory_and_two_prescribers_elsewhere_is_withheld():
    # given: who sees the prescribers of territory 0 one by one could subtract them from the plan 0
    world = nested((0, 6, 5), (1, 6, 5))
    world.starts[:] = 0
    world.starts[:6, 0] = 5
    world.starts[6:8, 0] = 5
    world.starts[8:, 1:] = 5

    # then
    told = world.choose()
    assert np.unique(world.groups()["plan"][told.plan]).tolist() == [1, 2, 3]


def test_a_plan_with_few_starts_beside_the_territory_of_most_of_them_is_withheld():
    # given: most prescribers of plan 0 are in territory 0, most of its starts in territory 1
    world = nested((0, 6, 1), (1, 3, 9), (2, 6, 9))
    world.starts[:] = 0
    world.starts[:6, 0] = 1
    world.starts[6:9, 0] = 9
    world.starts[9:, 1:] = 9

    # then: who sees those of territory 1 one by one could subtract them, and six starts are left
    told = world.choose()
    assert np.unique(world.groups()["plan"][told.plan]).tolist() == [1, 2, 3]
    world.starts[:6, 0] = 2
    assert np.unique(world.groups()["plan"][world.choose().plan]).tolist() == [0, 1, 2, 3]


def test_of_all_plans_but_one_another_is_withheld_too():
    # given: all have a territory, so that all plans together are known; a plan with two prescribers
    world = nested((0, 8, 0), (1, 8, 0))
    world.starts[:, 0] = 4
    world.starts[::2, 1] = 3
    world.starts[1::2, 2] = 5
    world.starts[[0, 8], 3] = 2

    # then: the one with the fewest starts
    told = world.choose()
    assert np.unique(world.groups()["plan"][told.plan]).tolist() == [0, 2]


def test_of_all_territories_but_one_another_is_withheld_too():
    # given: all plans are told, and all territories but one of two prescribers
    world = nested((0, 2, 5), (1, 6, 5), (2, 6, 6), (3, 6, 9))
    world.starts[:] = world.starts.sum(axis=1)[:, None]

    # then: the parts of a second one do not count for their account, and it is not told itself
    told = world.choose()
    groups = world.groups()
    assert told.plan.all()
    assert np.unique(groups["territory"][told.territory]).tolist() == [2, 3]
    assert np.unique(groups["account"][told.account]).tolist() == [2, 3]


def of_plans(*sizes: tuple[int, int]) -> World:
    """Plans in the order of `PAYERS` as (prescribers, starts of each), in turn in three territories; nobody has two."""
    plan = np.repeat(np.arange(len(sizes)), [count for count, _ in sizes])
    starts = np.zeros((len(plan), len(sizes)), dtype=np.int64)
    starts[np.arange(len(plan)), plan] = np.repeat([each for _, each in sizes], [count for count, _ in sizes])
    return World(np.full(len(plan), -1), np.arange(len(plan)) % 3, starts)


def payers_told(world: World) -> dict[int, list[int]]:
    """Per payer that is told, the plans that count for it."""
    told = world.choose()
    plan = world.groups()["plan"]
    counts = np.unique(plan[told.payer])
    return {int(one): counts[PAYERS[counts] == one].tolist() for one in np.unique(PAYERS[counts])}


def test_a_payer_is_its_told_plans_and_its_others_where_those_are_enough_together():
    # given: payer 0 with one large plan and two of ten starts, payer 1 with three of two prescribers
    world = of_plans((8, 3), (5, 2), (2, 5), (2, 5), (5, 2), (6, 4), (2, 5), (6, 4))

    # then: all of payers 0 and 1 count, although only one plan of theirs is told
    told = world.choose()
    assert np.unique(world.groups()["plan"][told.plan]).tolist() == [0, 5, 7]
    assert payers_told(world) == {0: [0, 1, 4], 1: [2, 3, 6], 2: [5, 7]}


def test_others_of_a_payer_that_are_too_few_do_not_count_for_it():
    # given: payer 0 with one large plan, and a small one of two prescribers; small ones without a payer
    world = of_plans((8, 3), (2, 3), (0, 0), (0, 0), (0, 0), (8, 3), (0, 0), (0, 0), (4, 2))

    # then
    assert payers_told(world) == {0: [0], 2: [5]}


def test_what_no_payer_tells_is_not_too_few_either():
    # given: small plans of payers 0 and 1, and two prescribers without a payer, whom all territories would tell
    world = of_plans((8, 3), (6, 2), (7, 2), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (2, 3))
    world.starts[:, 1:3] = np.minimum(world.starts[:, 1:3], 1) * np.array([2, 2])

    # then
    told = world.choose()
    rest = ~told.plan & ~told.payer
    hcp, plan = np.nonzero(world.starts)
    assert rest[plan == 8].all()
    assert len(np.unique(hcp[rest])) >= FEWEST_PRESCRIBERS


def placed(*sizes: tuple[int, int, int, int]) -> World:
    """Prescribers without an account as (territory, state, prescribers, starts of each), all plans in turn."""
    world = nested(*((territory, count, each) for territory, _, count, each in sizes))
    world.account = np.full(len(world.account), -1)
    world.state = np.repeat([state for _, state, _, _ in sizes], [count for _, _, count, _ in sizes])
    return world


def states_told(world: World) -> dict[int, list[int]]:
    """Per state that is told, the territories of which it has prescribers."""
    told, groups = world.choose().place, world.groups()
    state, territory = groups["cohort state"][told], groups["territory"][told]
    return {int(one): np.unique(territory[state == one]).tolist() for one in np.unique(state)}


def test_a_state_is_the_sum_of_its_prescribers_in_each_territory():
    assert states_told(placed((0, 0, 8, 5), (1, 0, 4, 5), (1, 1, 4, 5), (2, 1, 8, 5))) == {0: [0, 1], 1: [1, 2]}


def test_who_is_of_another_state_than_the_territory_does_not_count_where_they_are_few():
    # given: two prescribers of state 1 in a territory of state 0: the rest beside it would be theirs
    world = placed((0, 0, 6, 5), (0, 0, 6, 4), (0, 1, 2, 5), (1, 1, 8, 5))

    # then: nobody of the territory counts, because all others there are of one state
    assert states_told(world) == {1: [1]}


def test_small_parts_of_a_state_in_several_territories_count_together():
    # given: three territories of state 0, each with two prescribers of state 1
    world = placed(*((territory, state, count, 4) for territory in range(3) for state, count in ((0, 6), (1, 2))))

    # then: whose of the territories they are is not told
    assert states_told(world) == {0: [0, 1, 2], 1: [0, 1, 2]}


def test_a_state_that_is_small_beside_one_of_its_territories_is_not_told():
    # given: four prescribers of state 1 in territory 1, and in each of two other territories one
    world = placed((0, 0, 6, 4), (0, 1, 1, 9), (1, 0, 6, 4), (1, 1, 4, 9), (2, 0, 6, 4), (2, 1, 1, 9))

    # then: who sees the four one by one could subtract them
    assert states_told(world) == {0: [0, 1, 2]}


def test_a_kind_of_plan_is_the_sum_of_its_told_plans():
    # given: plans 0 and 2 of kind 0, of which one has two prescribers, and plans 1 and 3 of kind 1
    told = of_plans((8, 3), (8, 3), (2, 5), (8, 3)).choose()
    assert not told.plan.all()

    # then
    assert told.kind.tolist() == told.plan.tolist()


def test_nothing_is_told_of_a_product_that_all_but_two_of_one_territory_write():
    # given
    world = placed((0, 0, 8, 5), (1, 0, 2, 5))

    # then: who sees those of the territory one by one could subtract them
    assert not world.choose().whole.any()
    assert placed((0, 0, 8, 5), (1, 0, 3, 5)).choose().whole.all()
