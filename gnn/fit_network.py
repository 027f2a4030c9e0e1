"""Training of the heterogeneous network over several snapshots, full batch, keeping the best epoch on validation."""

import copy
import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gnn.metrics import log_loss, logistic
from gnn.network import Adjacency
from gnn.predictors import Network, joined
from gnn.samples import Evidence, Sample
from gnn.scaling import Scaling

EPOCHS = 40
LOOK_EVERY = 2
PATIENCE = 8
RATE = 4e-3
WEIGHT_DECAY = 1e-3

Batch = tuple[dict[str, Tensor], Adjacency, Tensor, Tensor, Tensor, Tensor]


def fit_network(
    task: str,
    train: Sequence[Sample],
    validation: Sequence[Sample],
    seed: int,
    evidence: Evidence | None = None,
) -> Network:
    """Adam with one learning-rate cycle; one step per snapshot, in an order drawn from the seed.

    Stops when the log loss on validation has not improved for eight looks. ``evidence`` is heard in the step of the
    newest snapshot, as if its rows were there.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(2)
    rows = Scaling.fit(np.concatenate([sample.features.values for sample in train]))
    kinds = train[0].nodes.inputs
    nodes = {name: Scaling.fit(np.concatenate([sample.nodes.inputs[name] for sample in train])) for name in kinds}
    network = Network.untrained(task, rows, nodes)
    module = network.module
    batches = [_batch(network, sample) for sample in train]
    said = None if evidence is None else _batch(network, evidence.sample)
    weight = None if evidence is None else torch.from_numpy(evidence.weight.astype(np.float32))
    prevalence = float(np.concatenate([sample.label for sample in train]).mean())
    with torch.no_grad():
        bias = module.head[-1].bias
        bias.fill_(math.log(max(prevalence, 1e-3) / max(1 - prevalence, 1e-3)))
    optimiser = torch.optim.AdamW(module.parameters(), lr=RATE, weight_decay=WEIGHT_DECAY)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=RATE, total_steps=EPOCHS * len(batches))
    random = np.random.default_rng(seed)
    best, kept, waited = math.inf, copy.deepcopy(module.state_dict()), 0
    for epoch in range(EPOCHS):
        module.train()
        for place in random.permutation(len(batches)):
            inputs, adjacency, hcp, plan, values, target = batches[place]
            optimiser.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                module(inputs, adjacency, hcp, plan, values), target
            )
            if said is not None and place == len(batches) - 1:
                loss = loss + _loss_of_words(module, said, weight) / len(target)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimiser.step()
            cycle.step()
        if epoch % LOOK_EVERY == LOOK_EVERY - 1:
            logits, label = joined(network, validation)
            now = log_loss(label, logistic(logits))
            waited = 0 if now < best - 1e-5 else waited + 1
            if waited == 0:
                best, kept = now, copy.deepcopy(module.state_dict())
            if waited >= PATIENCE:
                break
    module.load_state_dict(kept)
    return network


def _loss_of_words(module: torch.nn.Module, batch: Batch, weight: Tensor | None) -> Tensor:
    """Summed over what people said, each as far as it counts."""
    inputs, adjacency, hcp, plan, values, word = batch
    return torch.nn.functional.binary_cross_entropy_with_logits(
        module(inputs, adjacency, hcp, plan, values), word, weight=weight, reduction="sum"
    )


def _batch(network: Network, sample: Sample) -> Batch:
    inputs, adjacency = network.graph(sample.nodes)
    return (
        inputs,
        adjacency,
        torch.from_numpy(sample.hcp),
        torch.from_numpy(sample.plan),
        torch.from_numpy(network.rows.apply(sample.features.values)),
        torch.from_numpy(sample.label.astype(np.float32)),
    )
