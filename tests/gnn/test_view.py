"""What many ask of a view is computed once, and anew where coverage policies may differ."""

from gnn.features.rates import rates
from gnn.samples import adoption_rows
from gnn.view import View


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
