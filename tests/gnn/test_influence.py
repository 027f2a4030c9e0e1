"""Influence is exact: switching one HCP in a batch of pairs equals forking the snapshot and scoring everybody."""

import numpy as np
import pytest

from gnn.features.adoption import HALF_LIFE
from gnn.influence import QUARTER, expected_volume, felt_pairs, influence, share_felt, starts_of_adopters
from gnn.samples import adoption_rows
from gnn.score_adoption import _as_rows, score_influence
from gnn.view import View
from graph.history.snapshot_deltas import SetPrescribing


@pytest.fixture(scope="module")
def scene(whole, trained):
    model, _ = trained["adoption"]
    sample = adoption_rows(View(whole))
    features = sample.adoption
    found = influence(features, lambda hcp, rows: model.probability(_as_rows(sample, hcp, rows)))
    return model, features, found


def _forked(model, whole, features, hcp, volume):
    """Expected starts of all others on a fork of the snapshot in which the HCP prescribes at ``volume``."""
    name = str(whole.column("hcp", "id")[hcp])
    product = str(whole.column("product", "id")[features.product])
    sample = adoption_rows(View(whole.with_([SetPrescribing(name, product, volume)])))
    chance = model.probability(sample)
    others = ~features.prescribing.adopted
    others[hcp] = False
    return float((chance * starts_of_adopters(features))[others].sum())


@pytest.mark.parametrize("place", [0, 1, 2, -1], ids=["strongest", "second", "third", "weakest"])
def test_batched_influence_equals_forking_the_snapshot(whole, scene, place):
    # given an HCP by rank
    model, features, found = scene
    hcp = int(np.argsort(-found.value)[place])

    # when it is moved towards either level on forks, as far as is felt in a quarter, and everybody is scored again
    now, then = float(features.prescribing.volume[hcp]), float(expected_volume(features)[hcp])
    felt = share_felt(QUARTER)
    on = _forked(model, whole, features, hcp, now + felt * (then - now))
    off = _forked(model, whole, features, hcp, now - felt * now)

    # then
    assert found.value[hcp] == pytest.approx(on - off, abs=2e-5)


@pytest.mark.parametrize("days", [28, 91, 400])
def test_the_share_felt_is_the_mean_of_the_ramp_over_the_days_left(days):
    # given a level that changes today, remembered with the half-life of the features
    moment = np.linspace(0, days, 20_001)
    reached = 1 - 0.5 ** (moment / HALF_LIFE)

    # when each moment counts by the days left after it
    left = days - moment
    mean = (reached * left).sum() / left.sum()

    # then
    assert share_felt(days) == pytest.approx(mean, abs=1e-4)


def test_influence_is_defined_for_adopters_and_others_alike(whole, trained):
    # when
    predictions = score_influence(trained["adoption"][0], whole)

    # then one per HCP, inside its interval
    assert max(row.value for row in predictions) > 0
    assert [row.subject for row in predictions] == whole.column("hcp", "id").tolist()
    assert all(row.low <= row.value <= row.high for row in predictions)


def test_reasons_name_those_through_whom_it_acts(whole, trained, scene):
    # given
    _, features, found = scene
    hcp = int(found.value.argmax())

    # when
    reasons = score_influence(trained["adoption"][0], whole)[hcp].reasons

    # then the strongest gain comes first and is the pair's
    gains = np.sort(found.gain[found.hcp == hcp])[::-1]
    assert [reason.share for reason in reasons] == pytest.approx(gains[: len(reasons)].tolist())
    named = whole.positions("hcp", np.array([reasons[0].node]))[0]
    assert not features.prescribing.adopted[named]
    assert reasons[0].text.endswith(f"who has not prescribed Ownira: {gains[0]:+.2f} starts")
    assert reasons[0].data_classes == ("network", "prescribing")


def test_nobody_influences_itself_or_an_adopter(scene):
    _, features, found = scene
    assert not (found.hcp == found.other).any()
    assert not features.prescribing.adopted[found.other].any()


def test_without_ties_there_is_no_influence(make_tables, trained):
    # given a twin without shared patients
    from graph.history.snapshot import Snapshot

    tables = make_tables(seed=3, hcps=250)
    tables["share"] = {name: [] for name in tables["share"]}
    alone = Snapshot.of(20_400, tables)

    # then
    assert felt_pairs(adoption_rows(View(alone)).adoption).hcp.tolist() == []
    assert {row.value for row in score_influence(trained["adoption"][0], alone)} == {0.0}
