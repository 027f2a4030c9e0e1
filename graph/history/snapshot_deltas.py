"""What can be changed on a fork of a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from graph.errors import ModelError
from graph.history.snapshot_tables import Column, Table


class Delta(Protocol):
    """One change: given all tables, the name and the new columns of the one it changes."""

    def apply(self, tables: Mapping[str, Table]) -> tuple[str, Mapping[str, Column]]: ...


@dataclass(frozen=True, slots=True)
class SetPrescribing:
    """The HCP prescribes the product at ``volume`` starts per 91 days, whatever was observed; 0 switches it off."""

    hcp: str
    product: str
    volume: float

    def apply(self, tables: Mapping[str, Table]) -> tuple[str, Mapping[str, Column]]:
        if self.hcp not in tables["hcp"]["id"]:
            raise ModelError(f"HCP {self.hcp!r} is not in the snapshot: use an id that was known on its day")
        forced = tables["forced"]
        keep = (forced["hcp"] != self.hcp) | (forced["product"] != self.product)
        added = {"hcp": [self.hcp], "product": [self.product], "volume": [self.volume]}
        return "forced", {name: np.concatenate([values[keep], added[name]]) for name, values in forced.items()}


@dataclass(frozen=True, slots=True)
class SetPolicy:
    """A coverage policy has another value in one property."""

    policy: str
    property: Literal["tier", "prior_authorization", "step_therapy", "quantity_limit"]
    value: float

    def apply(self, tables: Mapping[str, Table]) -> tuple[str, Mapping[str, Column]]:
        policies = dict(tables["policy"])
        here = _policy(policies, self.policy)
        policies[self.property] = np.where(here, self.value, policies[self.property])
        return "policy", policies


RESTRICTIONS = ("prior_authorization", "step_therapy", "quantity_limit")
"""Columns of a coverage policy that say what it asks for."""


@dataclass(frozen=True, slots=True)
class LiftPolicy:
    """A coverage policy asks for nothing from the snapshot's ``day`` on; what was seen before, was under another."""

    policy: str
    day: int

    def apply(self, tables: Mapping[str, Table]) -> tuple[str, Mapping[str, Column]]:
        policies = tables["policy"]
        here = _policy(policies, self.policy)
        lifted = {name: np.where(here, 0.0, policies[name]) for name in RESTRICTIONS}
        return "policy", {**policies, **lifted, "effective_from": np.where(here, self.day, policies["effective_from"])}


@dataclass(frozen=True, slots=True)
class WithoutPolicy:
    """A coverage policy never came into force: what it replaced for its plans goes on as long as it would have."""

    policy: str

    def apply(self, tables: Mapping[str, Table]) -> tuple[str, Mapping[str, Column]]:
        policies = tables["policy"]
        here = _policy(policies, self.policy)
        ends = policies["effective_to"].copy()
        ends[np.isin(policies["id"], replaced(tables, self.policy))] = policies["effective_to"][here][0]
        columns = {**policies, "effective_to": ends}
        return "policy", {name: values[~here] for name, values in columns.items()}


def replaced(tables: Mapping[str, Table], policy: str) -> list[str]:
    """Ids of the policies for the same product that ended when this one began, for any of its plans."""
    policies, links = tables["policy"], tables["plan_policy"]
    here = policies["id"] == policy
    plans = links["plan"][links["policy"] == policy]
    linked = links["policy"][np.isin(links["plan"], plans)]
    ended = (policies["product"] == policies["product"][here][0]) & np.isin(policies["id"], linked) & ~here
    ended &= policies["effective_to"] <= policies["effective_from"][here][0]
    # The newest of them: others ended before.
    newest = policies["effective_to"][ended].max(initial=-1)
    return [str(name) for name in policies["id"][ended & (policies["effective_to"] == newest)]]


def _policy(policies: Mapping[str, Column], policy: str) -> NDArray[np.bool_]:
    here: NDArray[np.bool_] = policies["id"] == policy
    if not here.any():
        raise ModelError(f"policy {policy!r} is not in the snapshot: use an id that was known on its day")
    return here
