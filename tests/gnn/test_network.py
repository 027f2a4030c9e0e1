"""The network's way to send messages is PyG's, value by value and gradient by gradient."""

import numpy as np
import pytest
import torch
from scipy import sparse

from gnn.network import AdoptionNetwork, SAGEConv, WeightedSAGE, Weights, csr_tensor
from gnn.nodes import RELATIONS
from gnn.view import row_normalised

pytestmark = pytest.mark.filterwarnings("ignore:Sparse CSR tensor support:UserWarning")


@pytest.fixture
def weights():
    """Five senders, four receivers of which the second hears nobody."""
    rows, columns = [0, 0, 2, 2, 2, 3], [1, 4, 0, 1, 3, 4]
    counts = sparse.csr_matrix(([11.0, 33.0, 12.0, 12.0, 24.0, 20.0], (rows, columns)), shape=(4, 5))
    return row_normalised(counts)


def test_a_receiver_hears_the_weighted_mean_of_its_senders(weights):
    # given layers that pass on what they hear
    conv = WeightedSAGE(2)
    with torch.no_grad():
        conv.lin_l.weight.copy_(torch.eye(2))
        conv.lin_l.bias.zero_()
        conv.lin_r.weight.zero_()
    senders = torch.tensor([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0], [6.0, 60.0]])

    # when
    heard = conv((senders, torch.zeros(4, 2)), Weights.of(weights))

    # then: a quarter of 2 and three of 6; nothing; a quarter of 1 and of 2 and half of 4; all of 6
    assert heard[:, 0].tolist() == pytest.approx([5.0, 0.0, 2.75, 6.0])
    assert heard[:, 1].tolist() == pytest.approx([50.0, 0.0, 27.5, 60.0])


def test_values_and_gradients_are_those_of_pyg(weights):
    # given PyG's convolution with the same layers, and the same vectors
    torch.manual_seed(3)
    ours, theirs = WeightedSAGE(3), SAGEConv((3, 3), 3, aggr="sum")
    theirs.load_state_dict(ours.state_dict())
    senders, receivers, pull = torch.randn(5, 3), torch.randn(4, 3), torch.randn(4, 3)
    found = []
    for conv, relation in ((ours, Weights.of(weights)), (theirs, csr_tensor(weights))):
        pair = senders.clone().requires_grad_(), receivers.clone().requires_grad_()

        # when
        heard = conv(pair, relation)
        heard.backward(pull)
        found.append([heard.detach(), *(one.grad for one in (*pair, *conv.parameters()))])

    # then
    assert len(found[0]) == 6
    for own, other in zip(*found, strict=True):
        assert own.abs().max() > 0
        assert torch.allclose(own, other, atol=1e-6)


def test_relations_without_any_tie_are_heard_as_nothing():
    # given nodes of all types and no tie at all
    sizes = {"hcp": 3, "plan": 2, "payer": 2, "account": 2}
    empty = {
        relation: Weights.of(sparse.csr_matrix((sizes[relation[2]], sizes[relation[0]]))) for relation in RELATIONS
    }
    module = AdoptionNetwork(sizes, 1)
    inputs = {name: torch.ones(size, size) for name, size in sizes.items()}

    # when
    logits = module(inputs, empty, torch.arange(3), torch.arange(3), torch.ones(3, 1))
    logits.sum().backward()

    # then
    assert torch.isfinite(logits).all()
    assert float(module.encoder.inputs["hcp"].weight.grad.abs().sum()) > 0


def test_rows_of_a_relation_keep_their_weights(weights):
    found = Weights.of(weights)
    assert np.array_equal(found.forth.to_dense().numpy(), weights.toarray().astype(np.float32))
    assert np.array_equal(found.back.to_dense().numpy(), weights.T.toarray().astype(np.float32))
