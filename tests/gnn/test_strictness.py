"""Payers' strictness is found where it was planted, beside rules that strict payers write more often."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.metrics import logistic
from gnn.strictness import Strictness, strictness
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import NEVER
from graph.schema.therapy import BARRIERS

DAY = 20_400
PLANTED = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
SLOPE = {"PA": 1.0, "STEP": 0.5}


@pytest.fixture
def planted(make_tables):
    """Builds a view of five payers with two plans each; the stricter a payer, the likelier its plans ask for more."""

    def build(count: int = 12_000, strength: float = 1.0, left_behind: bool = False) -> View:
        random = np.random.default_rng(9)
        tables = make_tables(seed=8, hcps=40, plans=10, days=60)
        tables["payer"] = {
            "id": [f"pay_{number}" for number in range(5)],
            "name": [f"P{number}" for number in range(5)],
        }
        tables["plan"]["payer"] = [f"pay_{number // 2}" for number in range(10)]
        policy = tables["policy"]
        plan = np.array([int(name[-2:]) for name in policy["id"]])
        # Prior authorization everywhere; the second plan of the stricter payers asks for a step, too.
        policy["prior_authorization"] = [1] * len(plan)
        policy["step_therapy"] = [int(number % 2 == 1 and number > 3) for number in plan]
        columns = {name: [] for name in tables["start"]}
        rejects = {name: [] for name in tables["reject"]}
        for number in range(count):
            where = int(random.integers(10))
            step = where % 2 == 1 and where > 3
            barrier = "STEP" if step and random.random() < 0.5 else "PA"
            logit = {"PA": -0.6, "STEP": 0.2}[barrier] + 0.8 * step
            lost = random.random() < logistic(np.array(logit + strength * SLOPE[barrier] * PLANTED[where // 2]))
            written = DAY - 90 - int(random.integers(250))
            paid = NEVER if lost else written + 5
            row = {
                "id": f"start_{number:06d}", "hcp": f"hcp_{int(random.integers(40)):04d}", "product": "own",
                "plan": f"plan_{where:02d}", "written_on": written, "known_at": written + 1, "superseded_at": NEVER,
                "paid_on": paid, "paid_known_at": NEVER if lost else paid + 1, "reversed_on": NEVER,
                "reversed_known_at": NEVER,
            }  # fmt: skip
            if left_behind and not lost and where < 4 and random.random() < 0.5:
                row |= {"reversed_on": paid + 3, "reversed_known_at": paid + 4}
            for name, values in columns.items():
                values.append(row[name])
            for name, value in zip(rejects, (row["id"], 0, barrier, written + 1), strict=True):
                rejects[name].append(value)
        tables["start"], tables["reject"] = columns, rejects
        return View(Snapshot.of(DAY, tables))

    return build


def by_name(view: View, found: Strictness) -> Strictness:
    """In the order of the payers' names."""
    order = np.argsort(view.snapshot.column("payer", "name"))
    return replace(found, **{name: getattr(found, name)[order] for name in ("logit", "error", "points", "rejects")})


def test_planted_strictness_is_found_and_not_mistaken_for_rules(planted):
    # given
    view = planted()

    # when
    found = by_name(view, strictness(view))

    # then each within three standard errors of what was planted, about the mean, and in its order
    assert (np.abs(found.logit - PLANTED) < 3 * found.error).all()
    assert (np.diff(found.logit) > 0).all()
    assert (found.error < 0.15).all()


def test_points_are_lost_starts_beside_an_average_payer(planted):
    # given
    view = planted()
    found = by_name(view, strictness(view))

    # then the strictest loses about twenty in a hundred more than the average would, the mildest fewer
    assert found.points[4] == pytest.approx(0.2, abs=0.06)
    assert found.points[0] == pytest.approx(-0.2, abs=0.06)
    assert found.rejects.sum() == 12_000


def test_what_was_paid_and_left_behind_was_settled(planted):
    # given half of what the two mildest payers pay is left behind
    view = planted(left_behind=True)
    found = by_name(view, strictness(view))

    # then they are no stricter for it
    assert (np.abs(found.logit - PLANTED) < 3 * found.error).all()


def test_rules_of_before_are_those_of_starts_of_before(planted):
    # given that the step which strict payers ask for was taken back yesterday
    view = planted()
    tables = {name: dict(columns) for name, columns in view.snapshot.tables.items()}
    policy = tables["policy"]
    asked = np.flatnonzero(policy["step_therapy"] == 1)
    since = {name: np.concatenate([values, values[asked]]) for name, values in policy.items()}
    since["id"][len(policy["id"]) :] = [f"{name}_b" for name in policy["id"][asked]]
    since["step_therapy"][len(policy["id"]) :] = 0
    since["effective_from"][len(policy["id"]) :] = DAY - 1
    since["effective_to"][asked] = DAY - 1
    tables["policy"] = since
    plan = tables["plan_policy"]
    rows = np.flatnonzero(np.isin(plan["policy"], policy["id"][asked]))
    tables["plan_policy"] = {
        "plan": np.concatenate([plan["plan"], plan["plan"][rows]]),
        "policy": np.concatenate([plan["policy"], [f"{name}_b" for name in plan["policy"][rows]]]),
        "known_at": np.concatenate([plan["known_at"], plan["known_at"][rows]]),
    }
    changed = View(Snapshot.of(DAY, tables))
    assert len(asked) > 0

    # then nobody's strictness moves
    assert (changed.policy != view.policy).any()
    assert strictness(changed).logit == pytest.approx(strictness(view).logit, abs=1e-4)


def test_without_a_difference_nobody_is_called_strict(planted):
    # given payers that settle alike
    view = planted(strength=0.0)

    # then numbers are drawn to zero
    assert np.abs(strictness(view).points).max() < 0.02


def test_without_rejects_there_is_nothing_to_tell(planted):
    # given
    view = planted(count=0)

    # then
    found = strictness(view)
    assert found.logit.tolist() == [0] * 5
    assert found.rejects.tolist() == [0] * 5


def test_the_barriers_it_speaks_of_are_the_first_declared():
    from gnn.strictness import DECIDED

    assert BARRIERS[: len(DECIDED)] == DECIDED
