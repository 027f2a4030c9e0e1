"""The choice beside that of Graph Data Science's CELF on a real server, both judged by an independent simulation."""

import warnings
from array import array

import numpy as np
from cynetdiff.models import IndependentCascadeModel

from gnn.seeds.cascade import Cascade
from gnn.seeds.question import asked
from gnn.seeds.service import SeedService
from graph.analytics.projection import graph_data_science, projection

NODES, TIES, CHANCE, K, TRIALS = 150, 700, 0.1, 6, 20_000


def _spread(source, target, chosen):
    order = np.argsort(source, kind="stable")
    counts = np.bincount(source, minlength=NODES)
    starts = array("I", [0, *np.cumsum(counts)[:-1].tolist()])
    model = IndependentCascadeModel(starts, array("I", target[order].tolist()), activation_prob=CHANCE, rng=11)
    model.set_seeds(list(chosen))
    reached = 0
    for _ in range(TRIALS):
        model.reset_model()
        model.advance_until_completion()
        reached += model.get_num_activated_nodes()
    return reached / TRIALS


def test_the_spread_is_at_least_that_of_celf(neo4j_empty):
    # given a network of shared patients in which few send to many
    random = np.random.default_rng(2)
    pairs = np.stack([(NODES * random.random(TIES) ** 2).astype(np.int64), random.integers(0, NODES, TIES)])
    source, target = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
    neo4j_empty.write("UNWIND range(0, $last) AS n CREATE (:HCP {id: 'hcp_' + n})", last=NODES - 1)
    neo4j_empty.write(
        "UNWIND $ties AS tie MATCH (a:HCP {id: 'hcp_' + tie[0]}), (b:HCP {id: 'hcp_' + tie[1]}) "
        "CREATE (a)-[:SHARES_PATIENTS {patients: 11}]->(b)",
        ties=np.stack([source, target], axis=1).tolist(),
    )

    # when
    with warnings.catch_warnings(), graph_data_science(neo4j_empty.connection) as client:
        warnings.simplefilter("ignore")
        with projection(client, "celf") as (graph, _):
            rows = client.run_cypher(
                "CALL gds.influenceMaximization.celf.stream($graph, {seedSetSize: $k, monteCarloSimulations: 100, "
                "propagationProbability: $chance, relationshipTypes: ['FORWARD'], randomSeed: 3, concurrency: 1}) "
                "YIELD nodeId RETURN gds.util.asNode(nodeId).id AS id",
                {"graph": graph.name(), "k": K, "chance": CHANCE},
            )
    theirs = [int(name.removeprefix("hcp_")) for name in rows["id"]]
    cascade = Cascade.of(source, target, np.full(len(source), CHANCE), np.ones(NODES), itself=True)
    ours = SeedService(cascade).answer(asked(NODES, range(NODES), K), ratio=0.8, seconds=600.0)

    # then
    assert len(set(theirs)) == K
    assert _spread(source, target, ours.chosen) >= 0.98 * _spread(source, target, theirs)
    assert ours.low <= _spread(source, target, ours.chosen) <= ours.high
