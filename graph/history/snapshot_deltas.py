"""What can be changed on a fork of a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

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
        here = policies["id"] == self.policy
        if not here.any():
            raise ModelError(f"policy {self.policy!r} is not in the snapshot: use an id that was known on its day")
        policies[self.property] = np.where(here, self.value, policies[self.property])
        return "policy", policies
