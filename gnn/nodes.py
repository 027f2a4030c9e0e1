"""The graph that the network reads: node inputs and weighted relations of one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from gnn.features.adoption import AdoptionFeatures
from gnn.features.matrix import Features
from gnn.features.rates import rates, rules
from gnn.view import Floats, View, row_normalised

Relation = tuple[str, str, str]
RELATIONS: tuple[Relation, ...] = (
    ("hcp", "sends_to", "hcp"),
    ("hcp", "receives_from", "hcp"),
    ("account", "hosts", "hcp"),
    ("hcp", "works_at", "account"),
    ("plan", "pays_for", "hcp"),
    ("hcp", "writes_under", "plan"),
    ("payer", "offers", "plan"),
    ("plan", "belongs_to", "payer"),
)
PLAN_SEEN = 4
"""How many inputs of a plan, the last, are what its claims show."""
HCP_MET = 2
"""How many inputs of an HCP, the last, are what its own mature starts met."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """``inputs[type]`` is [nodes, columns]; ``weights[relation]`` is [to, from] with rows that sum to 1 or 0."""

    inputs: Mapping[str, Floats]
    weights: Mapping[Relation, sparse.csr_matrix]


def node_inputs(view: View, own: int) -> Nodes:
    """Inputs and relations; nothing in them moves when an HCP's prescribing of ``own`` is forced."""
    return Nodes(inputs_of(view, own, AdoptionFeatures(view, own).practice), _weights(view))


def inputs_of(view: View, own: int, features: Features) -> Mapping[str, Floats]:
    """The inputs alone; those of HCPs are their ``features`` of adoption, and then what their starts met."""
    rate, rule = rates(view), rules(view)
    practice = features.values.astype(np.float64)
    others = [place for place in range(view.products) if place != own] or [own]
    plan = np.concatenate(
        [
            rule[:, own],
            rule[:, others].mean(axis=1),
            np.stack(
                [
                    rate.since[:, own],
                    rate.since[:, others].mean(axis=1),
                    rate.recent_reject[:, own],
                    np.log1p(rate.plan_count.sum(axis=1)),
                ],
                axis=1,
            ),
        ],
        axis=1,
    )
    hcp = np.column_stack([practice, rate.hcp_excess, np.log1p(rate.hcp_count)])
    size = np.asarray(view.at_account.sum(axis=0)).ravel()
    account = np.column_stack([np.log1p(size), _mean(view.at_account.T.tocsr(), rate.account_excess)])
    payer = rate.payer[: view.payers][:, [own, *others[:1]]]
    return {"hcp": hcp, "plan": plan, "payer": payer, "account": account}


def _weights(view: View) -> dict[Relation, sparse.csr_matrix]:
    starts = view.starts
    used = (starts.hcp >= 0) & (starts.plan >= 0) & (starts.written > view.day - 365)
    under = sparse.csr_matrix(
        (np.ones(int(used.sum())), (starts.hcp[used], starts.plan[used])), shape=(view.hcps, view.plans)
    )
    known = np.flatnonzero(view.plan_payer >= 0)
    offered = sparse.csr_matrix((np.ones(len(known)), (known, view.plan_payer[known])), shape=(view.plans, view.payers))
    matrices = {
        ("hcp", "sends_to", "hcp"): view.ties.T,
        ("hcp", "receives_from", "hcp"): view.ties,
        ("account", "hosts", "hcp"): view.at_account,
        ("hcp", "works_at", "account"): view.at_account.T,
        ("plan", "pays_for", "hcp"): under,
        ("hcp", "writes_under", "plan"): under.T,
        ("payer", "offers", "plan"): offered,
        ("plan", "belongs_to", "payer"): offered.T,
    }
    return {relation: row_normalised(matrix.tocsr()) for relation, matrix in matrices.items()}


def _mean(groups: sparse.csr_matrix, values: Floats) -> Floats:
    return np.asarray(row_normalised(groups) @ values)
