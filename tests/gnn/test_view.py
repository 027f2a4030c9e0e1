"""What many ask of a view is computed once, and anew where coverage policies may differ."""

import numpy as np

from gnn.features.rates import rates
from gnn.samples import adoption_rows
from gnn.view import View
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import EVER, NEVER


def test_a_function_is_asked_once_for_a_view_and_once_for_its_fork(known):
    # given a function that counts how often it is asked
    view, asked = View(known), []
    fork = view.with_policies_of(known)

    def number(of):
        asked.append(of)
        return len(asked)

    # when it is asked for twice
    found = [one.once(number) for one in (view, fork, view, fork)]

    # then
    assert found == [1, 2, 1, 2]
    assert asked == [view, fork]
    assert rates(view) is rates(view)
    assert rates(fork) is not rates(view)


def test_samples_of_a_view_share_the_graph_around_them(known):
    sample = adoption_rows(View(known))
    assert sample.taken(sample.hcp < 10).nodes is sample.nodes
    assert adoption_rows(View(known)).nodes is not sample.nodes


def test_the_policy_on_a_day_is_the_last_one_that_had_begun(make_tables):
    # given of two plans one with a policy since ever that was followed by two others, with a gap between these
    tables = make_tables(seed=5, hcps=20, plans=2, days=60)
    count = 4
    tables["policy"] = {name: values[:1] * count for name, values in tables["policy"].items()} | {
        "id": [f"pol_{number}" for number in range(count)],
        "product": ["own"] * count,
        "effective_from": [EVER, 100, 300, 100],
        "effective_to": [100, 200, NEVER, NEVER],
        "end_known_at": [EVER] * count,
    }
    tables["plan_policy"] = {
        "plan": ["plan_00", "plan_00", "plan_00", "plan_01"],
        "policy": tables["policy"]["id"],
        "known_at": [EVER] * count,
    }
    view = View(Snapshot.of(20_400, tables))
    own, other = (view.snapshot.column("product", "id").tolist().index(name) for name in ("own", "other"))

    def on(day: int, plan: int = 0, product: int = own) -> str:
        row = int(view.policy_on(np.array([plan]), np.array([product]), np.array([day]))[0])
        return str(view.snapshot.column("policy", "id")[row]) if row >= 0 else "none"

    # then
    assert [on(day) for day in (-5, 99, 100, 199, 200, 299, 300, 20_400)] == [
        "pol_0", "pol_0", "pol_1", "pol_1", "none", "none", "pol_2", "pol_2",
    ]  # fmt: skip
    assert [on(day, plan=1) for day in (99, 100)] == ["none", "pol_3"]
    assert on(150, product=other) == "none"
    assert view.policy[:, own].tolist() == [2, 3]
