"""The evaluation end to end on worlds of a few hundred HCPs: what it reads as truth is the truth."""

import json

import numpy as np
import pytest

from bench.evaluation import __main__ as evaluation
from bench.evaluation.figures import auc
from graph.world import WorldSettings
from graph.world.adoption import NEVER
from graph.world.clock import PAST_WEEKS, WEEK
from graph.world.oracle import adoption_chance
from graph.world.products import OWN
from graph.world.world import make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return make_world(WorldSettings(out=tmp_path_factory.mktemp("world") / "w", seed=5, hcps=1_500, months=18))


def test_oracles_are_calibrated_and_the_one_that_sees_more_ranks_better(world):
    # given a day a year after the launch, and who writes for the first time in the 91 days after it
    day = 460
    week = day // WEEK + 1
    written = world.adoption.starts[OWN][PAST_WEEKS:]
    label = (written[week : week + 13].sum(axis=0) > 0).astype(float)

    # when
    chance = {sees: adoption_chance(world, day, sees_adoption=sees, draws=200) for sees in (True, False)}

    # then both speak of those who have not written, and of as many first starts as there are
    open_ = written[:week].sum(axis=0) == 0
    for found in chance.values():
        assert (np.isfinite(found) == open_).all()
        spread = np.sqrt((found[open_] * (1 - found[open_])).sum())
        assert abs(found[open_].sum() - label[open_].sum()) < 3 * spread
    assert auc(label[open_], chance[True][open_]) > auc(label[open_], chance[False][open_]) + 0.03 > 0.65
    # and who has adopted without a start is nearly sure to write
    silent = open_ & (world.adoption.week != NEVER) & (world.adoption.week < week - 1)
    assert silent.any()
    assert chance[True][silent].mean() > 2 * chance[False][silent].mean()


def test_a_world_is_judged_once_and_told_in_a_table(tmp_path, capsys):
    # when one world is judged
    asked = ["--out", str(tmp_path), "--hcps", "300", "--regime", "contagion_homophily", "--seeds", "1"]
    assert evaluation.main(asked) == 0
    first = capsys.readouterr().out

    # then its figures are there: labels of both kinds, nobody above the oracle by more than luck
    found = json.loads((tmp_path / "contagion_homophily-1.json").read_text(encoding="utf-8"))
    assert 0 < found["adoption"]["events"] < found["adoption"]["rows"]
    assert found["adoption"]["auc"]["oracle"] > max(found["adoption"]["auc"][name] for name in ("rate", "lightgbm"))
    assert found["friction"]["auc"]["oracle"] > found["friction"]["auc"]["rate"] - 0.02
    assert found["influence"]["subjects"] > 150
    assert found["influence"]["true_mean"] > 0
    told = {"plan", "payer", "account", "territory", "cohort all", "cohort planKind", "cohort state"}
    assert told <= found["friction"]["intervals"].keys()
    reasons = found["explanations"]
    assert reasons["adoption"]["subjects"] > 100
    assert reasons["adoption"]["found"] > reasons["adoption"]["chance"]
    assert reasons["access_friction"]["by_cause"]["policy"]["found"] > 0.9
    for section in ("adoption", "influence", "friction", "reasons"):
        assert any(line.startswith(section) for line in first.splitlines())

    # and the next call reads them
    stamp = (tmp_path / "contagion_homophily-1.json").stat().st_mtime_ns
    assert evaluation.main(asked) == 0
    assert capsys.readouterr().out == first
    assert (tmp_path / "contagion_homophily-1.json").stat().st_mtime_ns == stamp
