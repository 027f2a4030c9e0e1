"""Rows of an estimate: who is at risk when, and what its peers had done before."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from gnn.peer_effect.course import Lottery
from gnn.peer_effect.panel import Panel
from graph.errors import ModelError


def test_rows_are_those_at_risk_that_look_at_somebody(small_course):
    # when
    panel = Panel(small_course, "looks at")

    # then: 3 looks at nobody, 0 is done after window 0 and 1 after window 1
    assert list(zip(panel.window.tolist(), panel.hcp.tolist(), strict=True)) == [
        (0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2),
    ]  # fmt: skip
    assert panel.outcome.tolist() == [1, 0, 0, 1, 0, 0]


def test_exposure_is_what_peers_did_before_the_window(small_course):
    # when
    panel = Panel(small_course, "looks at")

    # then: 1 pays a quarter of its attention to 0, who adopts in window 0 and counts from window 1 on
    assert panel.exposure.tolist() == [0, 0, 0, 0.25, 1, 1]
    assert panel.covariates_of_peers(("practice",))[:, 0].tolist() == [1, 1.5, 0, 5.5, 4, 8]


def test_draws_count_after_their_window_and_as_a_placebo_before_it(small_course):
    # when
    panel = Panel(small_course, "looks at")

    # then
    felt = [0.25 * 0.7 + 0.75 * 0.5, 0.7, 0.7]
    assert panel.encouraged == pytest.approx([0, 0, 0, *felt])
    assert panel.encouraged_later.tolist() == [0] * 6

    # when the draws were in the last window
    late = Lottery(*(np.roll(values, 2, axis=0) for values in (small_course.lottery.surprise,
                                                              small_course.lottery.variance)))  # fmt: skip
    panel = Panel(replace(small_course, lottery=late), "looks at")

    # then
    assert panel.encouraged.tolist() == [0] * 6
    assert panel.encouraged_later == pytest.approx([-0.4, *felt[:2], *felt[:2], 0])


def test_draws_are_also_felt_by_oneself_and_along_other_directions(small_course):
    # given the same ties backwards: 0 is looked at by 1 and 2
    course = replace(
        small_course, ties={**small_course.ties, "is looked at by": small_course.ties["looks at"].T.tocsr()}
    )

    # when
    panel = Panel(course, "looks at")

    # then for 1 and 2 in window 1, and for 2 in window 2
    oneself, back = panel.encouraged_otherwise.T
    assert oneself == pytest.approx([0, 0, 0, -0.4, 0.5, 0.5])
    assert back == pytest.approx([0, 0, 0, 0.7, -0.4, -0.4])
    rest = np.array([0.0, 0.0, 0.0, 2.0, 0.0, 0.0])
    assert panel.pieces(rest, over=panel.other_draws[0]) == pytest.approx([0, 2 * np.sqrt(0.24)] + [0] * 10)


def test_what_a_later_event_changes_is_later(small_course):
    # given another course in which 0 adopts one window later
    before = Panel(small_course, "looks at")
    after = Panel(replace(small_course, since=np.array([1, 1, 3, 3])), "looks at")

    # then nobody's exposure in window 1 has it
    assert after.exposure[after.window == 1].tolist() == [0, 0, 0]
    assert before.exposure[before.window == 1].tolist() == [0.25, 1]


def test_the_lottery_is_held_against_its_log(small_course):
    # then: 2 drawn where 1.8 were expected
    assert small_course.lottery.agreement == pytest.approx(0.2 / np.sqrt(0.21 + 0.24 + 0.25 + 0.24))
    assert Lottery(np.zeros((3, 4)), np.zeros((3, 4))).agreement == 0.0


def test_errors_are_by_region_only_where_regions_are_many(small_course):
    assert small_course.cluster.tolist() == [0, 1, 2, 3]
    ties = {"looks at": sparse.csr_matrix((10, 10))}
    many = replace(small_course, region=np.arange(10), since=np.zeros(10), covariates=np.zeros((3, 10, 1)), ties=ties,
                   lottery=None)  # fmt: skip
    assert many.cluster is many.region


def test_too_few_adoptions_are_no_estimate(small_course, monkeypatch):
    monkeypatch.undo()
    with pytest.raises(
        ModelError, match=r"2 first starts were observed among those with peers: at least 30 are needed"
    ):
        Panel(small_course, "looks at")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"since": np.zeros(3)}, "4 HCPs have covariates, 3 a course"),
        ({"names": ("a", "b")}, "1 covariates have 2 names"),
        ({"covariates": np.full((3, 4, 1), np.nan)}, "a covariate is not a number"),
        ({"lottery": Lottery(np.zeros((2, 4)), np.zeros((2, 4)))}, r"the lottery has the shape \(2, 4\), not \(3, 4\)"),
    ],
    ids=["HCPs", "names", "not a number", "lottery"],
)
def test_a_course_that_does_not_fit_together_is_refused(small_course, change, message):
    with pytest.raises(ModelError, match=message):
        replace(small_course, **change)
