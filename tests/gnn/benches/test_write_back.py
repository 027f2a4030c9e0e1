"""The measurement of writing back: what is recorded makes the same graph, and nothing is sent where nothing changed."""

import os

from bench.predicted import FIXED, Predicted
from bench.write_back import contents, prepare, score_all, send_all
from tests.conftest import wipe


def test_the_plain_driver_makes_the_same_graph_and_unchanged_predictions_send_nothing(neo4j_empty):
    # given a small twin that was scored four times
    twin = Predicted(200)
    prepare(neo4j_empty, twin)
    took, sent = score_all(neo4j_empty, twin, os.getpid())
    made = contents(neo4j_empty)

    # then the first scoring sent every prediction, the last one no row
    rows = {name: sum(len(given["rows"]) for work in works for _, given in work) for name, works in sent.items()}
    assert rows["first"] >= sum(len(twin.predictions(task, 1)) for task in FIXED)
    assert rows["nothing changed"] == 0
    assert neo4j_empty.read("MATCH (p:Prediction) RETURN count(p) AS n") == [
        {"n": sum(len(twin.predictions(task, 3)) for task in FIXED)}
    ]
    assert took.seconds.keys() == took.waiting.keys() == sent.keys()

    # when the plain driver sends the same
    wipe(neo4j_empty)
    prepare(neo4j_empty, twin)
    send_all(neo4j_empty, sent, os.getpid())

    # then
    assert contents(neo4j_empty) == made
