"""Drift: nothing on the day of the training, what is planted is found, chance and slow change are not called drift."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.calibrate import Platt
from gnn.distribution import Distribution
from gnn.drift import drift, newly_matured
from gnn.profiles import Graph, scored_rows
from gnn.tasks import TASKS
from gnn.view import View
from graph.history.snapshot import Snapshot


def test_the_index_of_two_known_distributions():
    # given a hundred rows in each of ten bins, then twice as many in the last as in the first
    then = Distribution.of(np.repeat(np.arange(10.0), 100))
    now = np.repeat(np.arange(10.0), [50, 100, 100, 100, 100, 100, 100, 100, 100, 150])

    # when
    found = then.shift(now)

    # then: the sum over bins of (share now - share then) * ln(now / then), with half a row in each bin
    shares = np.array([50.5, *[100.5] * 8, 150.5]) / 1005
    expected = float(((shares - 0.1) * np.log(shares / 0.1)).sum())
    assert found.index == pytest.approx(expected, rel=1e-9)
    assert found.size == "stable"
    assert then.quantiles == tuple(range(9))
    assert then.scale == 8.0
    assert Distribution.from_json(then.as_json()) == then


def test_no_single_value_is_kept():
    # given few rows, one of which lies far off
    values = np.array([*np.linspace(0, 1, 43), 1e6])

    # when
    found = Distribution.of(values)

    # then eleven rows lie beyond the outermost quantiles
    assert len(found.quantiles) == 3
    assert (values > found.quantiles[-1]).sum() == 11
    assert Distribution.of(values[:21]).quantiles == ()
    assert Distribution.of(np.zeros(0)).shift(values).size == "stable"


def test_a_shift_of_half_a_standard_deviation_is_found_and_chance_is_not():
    # when 5,000 rows are compared with 5,000 others, a hundred times
    found = alarms = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        then = Distribution.of(random.normal(0, 1, 5_000))
        alarms += then.shift(random.normal(0, 1, 5_000)).size != "stable"
        found += then.shift(random.normal(0.5, 1, 5_000)).size != "stable"

    # then
    assert (found, alarms) == (100, 0)


def test_a_column_of_few_values_that_move_a_little_is_no_drift():
    # given a rate per territory that moves by a hundredth of its range
    levels = np.repeat(np.linspace(0, 1, 5), 240)
    found = Distribution.of(levels).shift(levels + 0.01)

    # then every row crosses an edge, and nothing has happened
    assert found.index > 0.25
    assert found.distance < 0.02
    assert found.size == "stable"


@pytest.mark.parametrize("name", list(TASKS))
def test_data_that_equal_those_of_the_training_have_not_drifted(trained, known, name):
    # given a model that takes the day of its training for another delivery of it
    model = trained[name][0]
    assert drift(model, scored_rows(name, known)) is None

    # when
    found = drift(replace(model, fingerprint="of before that delivery"), scored_rows(name, known))

    # then
    assert found is not None
    assert found.verdict == "stable"
    assert found.reasons == ()
    # shares are kept to six digits
    assert max(one.shift.index for one in found.features) < 1e-8
    assert max(one.shift.distance for one in found.features) < 1e-6
    assert (found.new_hcps, found.matured) == (0.0, None)
    assert found.alone[0] == found.alone[1]


def test_a_day_before_the_training_has_no_drift(trained, known):
    assert drift(trained["adoption"][0], scored_rows("adoption", known.at(known.day - 1))) is None


def test_ties_that_vanish_and_hcps_that_came_ask_for_training_again(trained, known):
    # given a twin that lost nine of ten ties, and of which a third of HCPs is new
    share = known.tables["share"]
    keep = np.arange(len(share["source"])) % 10 == 0
    hcp = dict(known.tables["hcp"])
    hcp["known_at"] = np.where(np.arange(known.count("hcp")) % 3 == 0, known.day + 1, hcp["known_at"]).astype(np.int32)
    tables = dict(known.tables) | {"share": {name: values[keep] for name, values in share.items()}, "hcp": hcp}
    changed = Snapshot(known.day, tables, tables)

    # when
    found = drift(trained["adoption"][0], scored_rows("adoption", changed))

    # then
    assert found is not None
    assert found.verdict == "retrain"
    assert any(one.startswith("ties per HCP: major shift") for one in found.reasons)
    new = 100 * (np.arange(known.count("hcp")) % 3 == 0).mean()
    assert f"{new:.0f} % of HCPs came after the training" in found.reasons
    assert found.as_json()["graph"]["ties_per_hcp"][1] < 0.15 * found.as_json()["graph"]["ties_per_hcp"][0]


def test_the_shape_of_a_graph_checkable_by_hand(make_tables):
    # given five HCPs: a pair, another pair, one alone
    tables = make_tables(hcps=24, plans=2, days=60)
    ids = tables["hcp"]["id"]
    tables["share"] = {
        "source": [ids[0], ids[2]], "target": [ids[1], ids[3]], "year": [2023, 2023], "patients": [20, 30],
        "known_at": [tables["hcp"]["known_at"][0]] * 2,
    }  # fmt: skip
    found = Graph.of(View(Snapshot.of(tables["hcp"]["known_at"][0] + 60, tables)))

    # then
    assert (found.hcps, found.ties, found.components) == (24, 2, 22)
    assert found.alone == 20 / 24
    assert found.largest == 2 / 24


def test_a_window_that_matured_since_judges_the_calibration(trained, whole):
    # given the whole time, 50 days after the training: the newest friction window of 28 days has matured since
    model = trained["access_friction"][0]

    # when
    window = newly_matured(model, whole)
    off = newly_matured(replace(model, platt=Platt(1.0, model.platt.shift + 2.0)), whole)

    # then
    assert window is not None
    assert off is not None
    assert (window.day - model.as_of).days == -88 + 28
    assert window.rows == off.rows
    assert window.observed == off.observed
    assert off.expected > window.expected + 0.2
    assert off.calibration.off
    asked = drift(replace(model, platt=Platt(1.0, model.platt.shift + 2.0)), scored_rows("access_friction", whole))
    assert asked is not None
    assert asked.verdict == "retrain"
    assert any(one.startswith(f"calibration on the window from {window.day}") for one in asked.reasons)
