"""Expected starts: rates that lean towards the average, mixes of plans over all products, and how sure both are."""

import numpy as np
import pytest

from gnn.expected import HORIZON, LAG, PRIOR_STARTS, PRIOR_WINDOWS, WINDOW, expected_starts
from gnn.levels import territory_of
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER

DAY = 20_400


@pytest.fixture
def written(make_tables):
    """Builds a view from starts given as (HCP, product, plan, days before the snapshot's day)."""

    def build(*starts):
        tables = make_tables(seed=6, hcps=20)
        names = tables["hcp"]["id"]
        columns = {name: [] for name in tables["start"]}
        for number, (hcp, product, plan, ago) in enumerate(starts):
            row = {
                "id": f"start_{number:03d}",
                "hcp": names[hcp],
                "product": product,
                "plan": f"plan_{plan:02d}",
                "written_on": DAY - ago,
                "known_at": DAY - ago + 1,
                "superseded_at": NEVER,
                "paid_on": DAY - ago,
                "paid_known_at": DAY - ago + 1,
                "reversed_on": NEVER,
                "reversed_known_at": NEVER,
            }
            for name, values in columns.items():
                values.append(row[name])
        tables["start"] = columns
        tables["reject"] = {name: [] for name in tables["reject"]}
        return View(Snapshot.of(DAY, tables))

    return build


def row_of(view, cells, hcp, product, plan):
    names = {"hcp": f"hcp_{hcp:04d}", "product": product, "plan": f"plan_{plan:02d}"}
    places = (view.snapshot.positions(kind, np.array([name])) for kind, name in names.items())
    return int(cells.rows_of(view, *places)[0])


def test_every_product_of_an_hcp_is_expected_under_every_plan_it_met(written):
    # given one HCP that wrote two products under different plans, and one that wrote a single start
    view = written((0, "own", 1, 300), (0, "other", 2, 290), (1, "other", 3, 280))

    # when
    cells = expected_starts(view)

    # then
    rows = list(zip(cells.hcp.tolist(), cells.product.tolist(), cells.plan.tolist(), cells.known.tolist(), strict=True))
    products = {str(name): number for number, name in enumerate(view.snapshot.column("product", "id"))}
    own, other = products["own"], products["other"]
    expected = [(0, other, 1, 0), (0, other, 2, 1), (0, own, 1, 1), (0, own, 2, 0), (1, other, 3, 1)]
    assert rows == sorted(expected)


def test_a_rate_counts_from_the_first_start_and_leans_towards_the_average(written):
    # given three starts of one HCP and one of another after the first of each; the newest three weeks do not count
    view = written(
        (0, "own", 1, LAG + 140), (0, "own", 1, LAG + 100), (0, "own", 1, LAG + 50), (0, "own", 1, LAG + 1),
        (0, "own", 1, LAG - 1), (1, "own", 1, LAG + 84), (1, "own", 1, LAG + 10),
    )  # fmt: skip
    cells = expected_starts(view)

    # then 3 in 5 windows and 1 in 3, each with two windows of the average added
    average = 4 / 8
    first, second = (row_of(view, cells, hcp, "own", 1) for hcp in (0, 1))
    assert cells.rate[first] == pytest.approx((3 + PRIOR_WINDOWS * average) / (5 + PRIOR_WINDOWS))
    assert cells.rate[second] == pytest.approx((1 + PRIOR_WINDOWS * average) / (3 + PRIOR_WINDOWS))
    assert cells.rate_weight[first] == pytest.approx(3 + PRIOR_WINDOWS * average)
    assert cells.expected[first] == pytest.approx(cells.rate[first])


def test_starts_before_the_window_count_for_the_mix_only(written):
    # given an old start under another plan
    view = written((0, "own", 2, LAG + WINDOW + 200), (0, "own", 1, LAG + WINDOW + 100), (0, "own", 1, LAG + 30))
    cells = expected_starts(view)

    # then one start in the whole window, split as the three were written; the territory is the HCP's own
    rate = (1 + PRIOR_WINDOWS * (1 / (WINDOW / HORIZON))) / (WINDOW / HORIZON + PRIOR_WINDOWS)
    both = [row_of(view, cells, 0, "own", plan) for plan in (1, 2)]
    assert cells.expected[both].tolist() == pytest.approx([rate * 2 / 3, rate / 3])
    assert cells.mix_weight[both].tolist() == pytest.approx([3 + PRIOR_STARTS] * 2)


def test_the_mix_leans_towards_the_territory(written):
    # given one HCP with one start under each of two plans, and a colleague who wrote six under the first
    territory = territory_of(written())
    colleague = int(np.flatnonzero(territory == territory[0])[1])
    view = written((0, "own", 1, 60), (0, "own", 2, 60), *[(colleague, "own", 1, 60)] * 6)
    cells = expected_starts(view)

    # then its shares are those of its two starts and three of the territory's mix
    first, second = (cells.expected[row_of(view, cells, 0, "own", plan)] for plan in (1, 2))
    assert first / (first + second) == pytest.approx((1 + PRIOR_STARTS * 7 / 8) / (2 + PRIOR_STARTS))


def test_the_variance_of_a_mean_is_that_of_rates_and_mixes_drawn_at_random(written):
    # given three HCPs of different rates and mixes, and a value per row
    view = written(
        *[(0, "own", 1, 60)] * 30, *[(0, "own", 2, 70)] * 20, *[(1, "own", 2, 80)] * 15, *[(1, "own", 3, 60)] * 25,
        *[(2, "own", 1, 90)] * 40,
        # the first start of each opens its time
        (0, "own", 1, 150), (1, "own", 3, 150), (2, "own", 1, 150),
    )  # fmt: skip
    cells = expected_starts(view)
    inside = np.arange(len(cells.hcp))
    value = np.linspace(0.1, 0.7, len(inside))

    # when rates are drawn from gammas and mixes from Dirichlets with the weights that the rows name
    random = np.random.default_rng(2)
    means = []
    for _ in range(20_000):
        drawn = np.zeros(len(inside))
        for hcp in range(3):
            rows = cells.hcp == hcp
            share = cells.expected[rows] / cells.rate[rows]
            mix = random.dirichlet(share * cells.mix_weight[rows][0])
            weight = cells.rate_weight[rows][0]
            drawn[rows] = cells.rate[rows][0] / weight * random.gamma(weight) * mix
        means.append((drawn * value).sum() / drawn.sum())

    # then
    assert cells.mean(inside, value) == pytest.approx(np.average(value, weights=cells.expected))
    assert cells.variance_of_mean(inside, value) == pytest.approx(np.var(means), rel=0.25)


def test_without_starts_nothing_is_expected(written):
    assert expected_starts(written()).hcp.tolist() == []
