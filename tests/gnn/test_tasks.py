"""Time is split forwards, on matured labels only."""

import pytest

from gnn.tasks import ACCESS_FRICTION, ADOPTION, TASKS, split_time, task_named
from graph.errors import ModelError


@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_no_window_of_an_earlier_part_reaches_into_a_later_one(task):
    # given two years of starts
    first, last = 20_000, 20_730

    # when
    split = split_time(task, first, last)

    # then
    assert max(split.train) + task.horizon + task.gap <= min(split.validation)
    assert max(split.validation) + task.horizon <= min(split.test)
    assert max(split.test) + task.horizon + task.maturity == last
    assert min(split.train) >= first + task.warm_up
    assert len(split.train) >= 6


def test_friction_split_of_two_years_day_by_day():
    # when
    split = split_time(ACCESS_FRICTION, 20_000, 20_560)

    # then
    assert split.test == (20_444, 20_472)
    assert split.validation == (20_388, 20_416)
    assert split.train == tuple(range(20_300 - 28 * 7, 20_301, 28))


def test_too_short_a_history_says_how_much_is_needed():
    with pytest.raises(ModelError, match=r"adoption: 300 days of starts .* are too few: load at least 459 days"):
        split_time(ADOPTION, 20_000, 20_300)


def test_a_history_of_exactly_the_length_named_is_enough():
    assert len(split_time(ADOPTION, 20_000, 20_459).train) == 6


def test_influence_is_said_to_have_no_model_of_its_own():
    with pytest.raises(ModelError, match="'influence' has no model of its own"):
        task_named("influence")


def test_an_unknown_task_is_refused_by_name():
    with pytest.raises(ModelError, match="task 'churn' is not known: use one of access_friction, adoption"):
        task_named("churn")
