"""Features of a start of a product by an HCP under a plan, as of the day before it is written."""

from copy import copy

import numpy as np

from gnn.features.matrix import Features
from gnn.features.pagerank import pagerank
from gnn.features.rates import Rates, policy_began, rates, rules
from gnn.view import Integers, View

OWN_PROPERTIES = {"policy", "product", "practice", "prescriber"}
"""Groups that use no neighbour of the HCP, plan and product themselves: the node-only baseline."""
YEAR = 365.25


class FrictionFeatures:
    """Computes rows of features on one snapshot; the tables behind them are computed once."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.rates: Rates = rates(view)
        self.rules = rules(view)
        self.age = np.clip(view.day - policy_began(view), 0, 400) / YEAR
        self.volume = np.bincount(view.starts.hcp[view.starts.hcp >= 0], minlength=view.hcps)
        self.degree = np.asarray((view.ties + view.ties.T).getnnz(axis=1), dtype=np.float64)
        self.rank = pagerank(view)
        since = view.snapshot.column("hcp", "enumerated_on").astype(np.int64)
        self.years = np.clip((view.day - since) / YEAR, 0, 60)

    def with_policies_of(self, view: View) -> "FrictionFeatures":
        """The same for a view that differs in coverage policies alone."""
        other = copy(self)
        other.view, other.rates, other.rules = view, rates(view), rules(view)
        other.age = np.clip(view.day - policy_began(view), 0, 400) / YEAR
        return other

    def rows(self, hcp: Integers, product: Integers, plan: Integers) -> Features:
        """Features of the given triples of row numbers, in their order."""
        rate, rule = self.rates, self.rules[plan, product]
        own = self.view.snapshot.column("product", "own")[product]
        payer = np.where(self.view.plan_payer >= 0, self.view.plan_payer, self.view.payers)[plan]
        grouped = {
            "policy": {
                "prior_authorization": rule[:, 0],
                "step_therapy": rule[:, 1],
                "quantity_limit": rule[:, 2],
                "tier": rule[:, 3],
                "no_policy": rule[:, 4],
                "policy_age": self.age[plan, product],
                "same_rules_rate": rate.alike[plan, product],
            },
            "plan": {
                "plan_rate": rate.plan[plan, product],
                "plan_starts": np.log1p(rate.plan_count[plan, product]),
                "since_policy_rate": rate.since[plan, product],
                "since_policy_starts": np.log1p(rate.since_count[plan, product]),
                "payer_rate": rate.payer[payer, product],
                "recent_reject_rate": rate.recent_reject[plan, product],
                "recent_open_rate": rate.recent_open[plan, product],
            },
            "account": {
                "account_excess": rate.account_excess[hcp],
                "account_pa_excess": rate.account_pa_excess[hcp],
                "account_starts": np.log1p(rate.account_count[hcp]),
            },
            "prescriber": {
                "hcp_rate": rate.hcp[hcp],
                "hcp_excess": rate.hcp_excess[hcp],
                "hcp_starts": np.log1p(rate.hcp_count[hcp]),
            },
            "peers": {
                "peer_excess": rate.peer_excess[hcp],
                "territory_excess": rate.territory_excess[hcp],
                "specialty_excess": rate.specialty_excess[hcp],
            },
            "practice": {"years": self.years[hcp], "volume": np.log1p(self.volume[hcp])},
            "position": {"degree": np.log1p(self.degree[hcp]), "page_rank": self.rank[hcp]},
            "product": {"own": np.nan_to_num(own), "product_rate": rate.product[product]},
        }
        return Features.of(grouped, len(hcp))
