"""The course of a product, read from a snapshot: strictly what was known, and plain refusals."""

import subprocess
import sys

import numpy as np
import pytest

from gnn.peer_effect.report import PeerVerdict, peer_effect, peer_verdict
from gnn.peer_effect.twin import FOLLOWED, FOLLOWS, WINDOW, course_of
from gnn.peer_effect.verdict import Verdict
from graph.errors import ModelError, NotFound
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import EVER
from graph.schema.prediction import PEER_VERDICTS


@pytest.fixture(scope="module")
def told(whole):
    return course_of(whole, "Ownira")


def test_windows_end_where_claims_have_matured(whole, told):
    # then 22 whole windows lie between the first start and 60 days before the end
    first = int(whole.column("start", "written_on").min())
    assert told.course.windows == (whole.day - 60 - first + 1) // WINDOW == 22
    assert told.last == whole.day - 60
    assert told.first == told.last - 22 * WINDOW + 1


def test_who_adopted_when_is_what_the_starts_say(whole, told):
    # given
    table = whole.tables["start"]
    mine = table["product"] == "own"

    # then for everybody
    for place, name in enumerate(whole.column("hcp", "id").tolist()):
        written = table["written_on"][mine & (table["hcp"] == name)]
        first = int(written.min(initial=told.last + 1))
        expected = -1 if first < told.first else min(22, (first - told.first) // WINDOW)
        assert told.course.since[place] == expected, name


def test_an_hcp_looks_at_those_to_whom_it_sends_patients(whole, told):
    # given
    table = whole.tables["share"]
    source, target = (whole.positions("hcp", table[name]) for name in ("source", "target"))

    # then
    assert told.course.ties[FOLLOWS][source[0], target[0]] == table["patients"][0]
    assert told.course.ties[FOLLOWED][target[0], source[0]] == table["patients"][0]


def test_draws_are_those_of_the_log(whole, told):
    # given
    table = whole.tables["suggestion"]
    window = (table["suggested_on"] - told.first) // WINDOW
    used = (window >= 0) & (window < 22)

    # then a hint that was shown counts 1 - .6, one that was withheld -.6; the odds are those of being shown
    shown = int((table["arm"][used] == "treatment").sum())
    lottery = told.course.lottery
    assert lottery.surprise.sum() == pytest.approx(shown * 0.4 - (int(used.sum()) - shown) * 0.6)
    assert lottery.variance.sum() == pytest.approx(int(used.sum()) * 0.24)
    assert abs(lottery.agreement) < 3


def test_calls_count_from_the_day_they_took_place(whole, told):
    # given the last window, and the calls of the half year before it
    column = told.course.names.index("calls")
    day = told.first + WINDOW * 21 - 1
    table = whole.tables["call"]
    recent = (table["occurred_on"] <= day) & (table["occurred_on"] > day - 182) & (table["email"] == 0)
    hcp = whole.positions("hcp", table["hcp"][recent])

    # then
    expected = np.log1p(np.bincount(hcp, minlength=whole.count("hcp")))
    assert told.course.covariates[21, :, column] == pytest.approx(expected, abs=1e-6)


def test_as_of_a_day_nothing_later_is_seen(make_tables, whole):
    # given the same twin with starts, calls and draws that come after the day
    day = whole.day - 30
    tables = make_tables(seed=5, hcps=250)
    before = peer_effect(whole.at(day), "own").as_json()
    tables["call"] = {name: [*tables["call"][name], *added] for name, added in (
        ("id", ["int_later"]), ("hcp", ["hcp_0001"]), ("email", [0]), ("occurred_on", [day + 1]))}  # fmt: skip
    tables["suggestion"]["arm"] = [
        arm if on <= day else "control"
        for arm, on in zip(tables["suggestion"]["arm"], tables["suggestion"]["suggested_on"], strict=True)
    ]
    tables["start"]["hcp"] = [
        hcp if known <= day else "hcp_0000"
        for hcp, known in zip(tables["start"]["hcp"], tables["start"]["known_at"], strict=True)
    ]

    # when
    later = peer_effect(Snapshot.of(whole.day, tables).at(day), "own").as_json()

    # then
    assert later == before


def test_a_report_tells_verdict_both_directions_and_audit(whole):
    # when
    report = peer_effect(whole, "ownira").as_json()

    # then
    assert report["product"] == "Ownira"
    assert report["verdict"] == report["judgement"]["verdict"] == "not identified"
    assert report["judgement"]["reason"].startswith("the lottery hardly moves peers (first stage F = ")
    assert (report["effect"]["direction"], report["reverse"]["direction"]) == (FOLLOWS, FOLLOWED)
    assert list(report["effect"]["steps"]) == [
        "nothing", "own covariates", "and specialty, region", "and peers' covariates",
    ]  # fmt: skip
    assert list(report["audit"]["held"]) == [
        "homophily", "shared promotion", "shared payer", "shared specialty and region",
    ]  # fmt: skip


def test_likeness_is_found_where_it_is_planted(whole):
    # given a twin whose ties keep to an account, and promotion that is blind to them
    likeness = peer_effect(whole, "own").audit.likeness

    # then
    by_name = {row.name: row for rows in likeness.values() for row in rows}
    assert by_name["shared_patients"].p <= 0.01
    assert by_name["calls"].p > 0.01
    assert by_name["messages"].p > 0.01


@pytest.mark.parametrize(
    ("product", "day", "error", "message"),
    [
        ("nosuch", 0, NotFound, "product 'nosuch' is not in the twin: use an id or one of the brands Othera, Ownira"),
        ("own", 480, ModelError, r"peer effect of 'own': 1\d\d days of its starts have matured: at least 168 are"),
        ("own", 699, ModelError, "no start of product 'Ownira' is known"),
        ("Othera", 0, ModelError, "'Othera' was launched on 2018-07-11, before claims began about 2023-07-05: who was"),
    ],
    ids=["unknown product", "short history", "no start", "older than the claims"],
)
def test_what_cannot_be_estimated_is_refused(whole, product, day, error, message):
    with pytest.raises(error, match=message):
        peer_effect(whole.at(whole.day - day), product)


def test_a_product_whose_launch_is_not_known_has_no_course(make_tables):
    # given
    tables = make_tables(seed=5, hcps=250)
    tables["product"]["launched_on"] = [EVER, EVER]

    # then nobody can say who was first, and the verdict is the careful one
    snapshot = Snapshot.of(max(tables["start"]["known_at"]), tables)
    with pytest.raises(ModelError, match="the launch of product 'Ownira' is not known: load its day, launchedOn"):
        peer_effect(snapshot, "own")
    found = peer_verdict(snapshot, "own")
    assert found.verdict is Verdict.NOT_IDENTIFIED
    assert found.reason.startswith("peer effect: the launch of product 'Ownira' is not known")


def test_the_verdict_alone_is_that_of_the_report(whole):
    judged = peer_effect(whole, "own").judgement

    assert peer_verdict(whole, "own") == PeerVerdict(judged.verdict, judged.reason)
    assert set(PEER_VERDICTS) == set(Verdict)


def test_a_lottery_that_nobody_has_felt_yet_is_none(make_tables, whole, told):
    # given draws in the last window alone
    tables = make_tables(seed=5, hcps=250)
    draws = tables["suggestion"]
    late = [place for place, day in enumerate(draws["suggested_on"]) if day > told.last - WINDOW]
    tables["suggestion"] = {name: [values[place] for place in late] for name, values in draws.items()}

    # when
    found = peer_verdict(Snapshot.of(whole.day, tables), "own")

    # then
    assert late != []
    assert found.reason.startswith("no randomised encouragement; ")


def test_without_a_lottery_there_is_no_instrument(make_tables):
    # given
    tables = make_tables(seed=3, hcps=250)
    tables.pop("suggestion")

    # when
    report = peer_effect(Snapshot.of(max(tables["start"]["known_at"]), tables), "own")

    # then
    assert report.effect.instrumented is None
    assert report.effect.lottery is None
    assert report.judgement.reason.startswith("no randomised encouragement; ")


def test_estimating_needs_no_torch():
    # when
    code = "import sys, gnn.peer_effect.report; print('torch' in sys.modules or 'lightgbm' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    # then
    assert done.stdout == "False\n"
