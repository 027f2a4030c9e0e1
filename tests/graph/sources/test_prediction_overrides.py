"""The contract of overrides says what the declaration, the tasks and the policy say."""

import pytest

from gnn.tasks import ACCESS_FRICTION, ADOPTION, TASKS
from graph.governance.decide import decide
from graph.governance.load import load_policy
from graph.governance.policy import Form, Verb
from graph.schema.core import DataClass
from graph.schema.override import OVERRIDABLE, REASONS, ROLES, VERDICTS
from graph.sources import load_mapping
from graph.sources.mapping import FOLDER

MAPPING = load_mapping(FOLDER / "prediction_overrides.toml")
CLOSED = {"task": OVERRIDABLE, "verdict": (*VERDICTS, "withdrawn"), "reason": REASONS, "role": ROLES}
LEVELS = ((DataClass.ADOPTION, "hcp"), (DataClass.ACCESS_FRICTION, "hcp_plan"))
ONE_BY_ONE = (Form.VALUE, Form.OWN_SCOPE)


@pytest.mark.parametrize(("name", "values"), CLOSED.items())
def test_closed_lists_are_those_of_the_declaration(name: str, values: tuple[str, ...]) -> None:
    (column,) = [one for one in MAPPING.tables[0].columns if one.name == name]
    assert column.values == values


def test_every_task_can_be_overridden_for_as_long_as_it_looks_ahead() -> None:
    assert set(OVERRIDABLE) == set(TASKS)
    days = f"CASE task WHEN 'adoption' THEN {ADOPTION.horizon} ELSE {ACCESS_FRICTION.horizon} END"
    assert days in MAPPING.nodes[0].select


def test_words_come_from_those_who_may_read_both_predictions_about_single_hcps() -> None:
    policy = load_policy()
    reading = {
        name
        for name, role in policy.roles.items()
        if all(
            decide(policy, name, role.purposes[0], "Override", "verdict", Verb.READ, release=release, level=level).form
            in ONE_BY_ONE
            for release, level in LEVELS
        )
    }
    assert reading == set(ROLES)
