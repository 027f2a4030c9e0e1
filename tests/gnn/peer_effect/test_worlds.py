"""Planted worlds, a quick slice: what misleads, what holds, and how the measurement goes on after an interruption."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bench import peer_effect as bench
from bench.peer_effect_worlds import FOLLOWED, FOLLOWS, SITUATIONS, world
from gnn.peer_effect.course import Lottery
from gnn.peer_effect.estimate import estimate
from gnn.peer_effect.verdict import Verdict, judge

BY_NAME = {situation.name: situation for situation in SITUATIONS}
WORLDS = 20


@pytest.fixture(scope="module")
def results():
    """20 worlds of each situation that has a goal."""
    names = ("lottery, hidden likeness, effect", "lottery, hidden likeness, no effect", "hidden likeness, no effect")
    return {name: [bench.result(BY_NAME[name], seed) for seed in range(WORLDS)] for name in names}


def test_with_a_lottery_the_interval_covers_and_nothing_is_invented(results):
    # given
    planted, none = results["lottery, hidden likeness, effect"], results["lottery, hidden likeness, no effect"]

    # then
    assert {row["verdict"] for row in planted + none} == {Verdict.IDENTIFIED}
    _, high = bench.clopper_pearson(sum(row["covers"] for row in planted), WORLDS)
    low, _ = bench.clopper_pearson(sum(row["claims"] for row in none), WORLDS)
    assert high >= 0.95
    assert low <= 0.05
    # and the effect is found on average, which the naive and the adjusted estimates overstate without an effect too
    assert np.mean([row["instrumented"] for row in planted]) == pytest.approx(0.3, abs=0.1)
    assert np.mean([row["instrumented"] for row in none]) == pytest.approx(0.0, abs=0.1)
    assert np.mean([row["adjusted"] for row in none]) > 0.05


def test_hidden_likeness_without_a_lottery_is_not_identified(results):
    # given
    rows = results["hidden likeness, no effect"]

    # then the adjusted interval is wrong nearly always, and nobody is told that it is right
    assert {row["verdict"] for row in rows} == {Verdict.NOT_IDENTIFIED}
    assert [row["claims"] for row in rows] == [False] * WORLDS
    assert [row["bounds_cover"] for row in rows].count(True) >= 19
    assert [row["adjusted_covers"] for row in rows].count(True) <= 3


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_effect_goes_from_leader_to_follower_and_not_back(seed):
    # given a strong planted effect of those an HCP follows
    course = world(BY_NAME["observed likeness, strong effect"], seed)

    # when
    forth, back = estimate(course, FOLLOWS), estimate(course, FOLLOWED)

    # then
    assert forth.given_others.interval.low > 0.2
    assert back.given_others.interval.contains(0.0)


def test_wrongly_logged_odds_are_noticed():
    # given draws whose log says a tenth less than their odds were
    course = world(BY_NAME["lottery, hidden likeness, no effect"], 1)
    invited = course.lottery.variance > 0
    wrong = Lottery(course.lottery.surprise + 0.1 * invited, course.lottery.variance)

    # when
    right, said = judge(estimate(course, FOLLOWS)), judge(estimate(replace(course, lottery=wrong), FOLLOWS))

    # then
    assert right.verdict is Verdict.IDENTIFIED
    assert said.verdict is Verdict.NOT_IDENTIFIED
    assert said.reason.startswith("the lottery was not drawn with the logged odds")


def test_encouragement_that_follows_adoption_is_no_lottery():
    # given a "lottery" that is drawn among those whose followers have just adopted
    course = world(BY_NAME["lottery, hidden likeness, no effect"], 1)
    surprise = course.lottery.surprise.copy()
    for window in range(1, course.windows):
        moved = course.ties[FOLLOWED] @ (course.since == window - 1).astype(float)
        chosen = course.lottery.variance[window] > 0
        order = np.argsort(-moved[chosen], kind="stable")
        surprise[window, np.flatnonzero(chosen)[order]] = np.sort(surprise[window, chosen])[::-1]

    # when
    said = judge(estimate(replace(course, lottery=Lottery(surprise, course.lottery.variance)), FOLLOWS))

    # then
    assert said.verdict is Verdict.NOT_IDENTIFIED
    assert said.reason.startswith("the lottery goes with what happened before it")


def test_a_measurement_goes_on_where_it_ended(tmp_path, monkeypatch):
    # given one that was cut off in the middle of its last line
    file = tmp_path / "results.jsonl"
    whole = list(bench.run(file, range(1), hcps=900))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]) + lines[-1][:20])
    done = []
    monkeypatch.setattr(bench, "result", lambda *given: done.append(given[0].name) or _without_place(whole[-1]))

    # when
    again = list(bench.run(file, range(1), hcps=900))

    # then only the one that was cut off is computed
    assert done == [SITUATIONS[-1].name]
    assert again == whole
    assert [json.loads(line) for line in file.read_text().splitlines()] == whole


def _without_place(row):
    return {name: value for name, value in row.items() if name not in ("seed", "hcps")}


@pytest.mark.parametrize(
    ("hits", "interval"),
    [(0, (0.0, 0.168433)), (19, (0.751267, 0.998735)), (20, (0.831567, 1.0))],
    ids=["none", "all but one", "all"],
)
def test_exact_intervals(hits, interval):
    assert bench.clopper_pearson(hits, 20) == pytest.approx(interval, abs=1e-6)
