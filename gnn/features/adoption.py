"""Features of an HCP that has not prescribed the product yet, and the prescribing of everybody around it.

The prescribing state of all HCPs enters in one way only: through `Exposure`, a sum over ties and colleagues. So
switching one HCP on or off changes exactly the rows that it is tied to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.features.leaders import attention, leadership, works
from gnn.features.matrix import Features
from gnn.features.pagerank import pagerank
from gnn.features.rates import rates, rules
from gnn.tasks import ADOPTION
from gnn.view import Booleans, Floats, Integers, View, counted, row_normalised

OWN_PROPERTIES = {"practice", "access"}
HALF_LIFE = 45.0
REMEMBERED = 120.0
"""Days after which a call counts half."""
QUARTER = 91.0
STATE = ("volume",)
"""What of a peer's prescribing is felt: peers act through how much they write."""
RELATIONS = ("receives_from", "sends_to", "turns_to")
"""Ties over which it is felt. What colleagues of one account have in common is context, and not switched."""


@dataclass(frozen=True, slots=True)
class Prescribing:
    """State of the product per HCP: ``adopted`` and ``volume`` in starts per 91 days, newest weighing most."""

    adopted: Booleans
    volume: Floats

    @property
    def state(self) -> Floats:
        """[hcp, 1]: the columns named by STATE."""
        return state_of(self.volume)


def state_of(volume: Floats) -> Floats:
    """[..., 1] from volume."""
    return volume[..., None]


class AdoptionFeatures:
    """Computes the features of all HCPs for one product on one snapshot."""

    def __init__(self, view: View, product: int) -> None:
        self.view = view
        self.product = product

    @cached_property
    def prescribing(self) -> Prescribing:
        """What was observed, overruled by what is forced on the snapshot."""
        view, starts = self.view, self.view.starts
        used = (starts.hcp >= 0) & (starts.product == self.product)
        decay = 0.5 ** ((view.day - starts.written[used]) / HALF_LIFE)
        steady = QUARTER * np.log(2) / HALF_LIFE
        volume = counted(view.hcps, starts.hcp[used], decay) * steady
        adopted = counted(view.hcps, starts.hcp[used]) > 0
        forced = view.snapshot.tables["forced"]
        hcp = view.snapshot.reference("forced", "hcp", "hcp")
        here = (view.snapshot.reference("forced", "product", "product") == self.product) & (hcp >= 0)
        volume[hcp[here]] = forced["volume"][here]
        adopted[hcp[here]] = forced["volume"][here] > 0
        return Prescribing(adopted, volume)

    @cached_property
    def at_risk(self) -> Booleans:
        """[hcp]: has not written the product, where starts have been seen long enough to say so.

        Where a state's claims begin late, those who prescribe already seem to adopt when they are first seen.
        """
        seen = self.view.observed_from + ADOPTION.warm_up <= self.view.day
        return ~self.prescribing.adopted & seen

    @cached_property
    def relations(self) -> Mapping[str, sparse.csr_matrix]:
        """[to, from] weights of each relation over which prescribing is felt."""
        ties = self.view.ties
        heard = attention(self.view)
        return {
            "receives_from": row_normalised(ties.T.tocsr()),
            "sends_to": heard,
            "turns_to": sparse.csr_matrix(heard @ sparse.diags(self.leadership)),
        }

    @cached_property
    def leadership(self) -> Floats:
        """[hcp]: how many times as much it is listened to as its ties say."""
        return leadership(self.view)

    @cached_property
    def exposure(self) -> NDArray[np.float64]:
        """[hcp, relation, state]: state of the others, averaged over each relation."""
        state = self.prescribing.state
        return np.stack([matrix @ state for matrix in self.relations.values()], axis=1)

    @cached_property
    def class_volume(self) -> Floats:
        """[hcp]: starts of all other products per 91 days, over the last two years: practices change slowly."""
        view, starts = self.view, self.view.starts
        days = max(28, min(2 * 365, view.day - view.first_written))
        used = (starts.hcp >= 0) & (starts.product != self.product) & (starts.written > view.day - days)
        return counted(view.hcps, starts.hcp[used]) * QUARTER / days

    @cached_property
    def practice(self) -> Features:
        """Everything that does not move when somebody else starts or stops prescribing."""
        view = self.view
        since = view.snapshot.column("hcp", "enumerated_on").astype(np.int64)
        seen, average = self.seen, self.average
        specialty = view.codes("hcp", "taxonomy")
        kinds = int(specialty.max(initial=-1)) + 1
        by_specialty = (counted(kinds, specialty, seen) + 10 * average) / (counted(kinds, specialty) + 10)
        territory = view.in_territory
        by_territory = (territory.T @ seen + 10 * average) / (territory.T @ np.ones(view.hcps) + 10)
        both = (view.ties + view.ties.T).tocsr()
        return Features.of(
            {
                "practice": {
                    "class_volume": np.log1p(self.class_volume),
                    "years": np.clip((view.day - since) / 365.25, 0, 60),
                    "plans": np.log1p(self.plan_mix.getnnz(axis=1).astype(float)),
                },
                "access": self.access(),
                "position": {
                    "degree": np.log1p(both.getnnz(axis=1).astype(float)),
                    "shared_patients": np.log1p(np.asarray(both.sum(axis=1)).ravel()),
                    "page_rank": pagerank(view),
                    "accounts": view.at_account.getnnz(axis=1).astype(float),
                },
                "promotion": {
                    "calls": np.log1p(self._contacts(email=False)),
                    "messages": np.log1p(self._contacts(email=True)),
                },
                "leadership": {
                    "leads": np.log(self.leadership),
                    "works": np.log1p(works(view)),
                },
                "market": {
                    # Relative to all: the level drifts with time, who is ahead does not.
                    "specialty_ahead": by_specialty[specialty] - average,
                    "territory_ahead": np.asarray(row_normalised(territory) @ (by_territory - average)),
                    "colleagues_ahead": self._colleagues(*self._at_accounts()) - average,
                },
            },
            view.hcps,
        )

    def rows(self) -> Features:
        """Features of all HCPs in row order."""
        return with_exposure(self.practice, self.exposure)

    def _contacts(self, *, email: bool) -> Floats:
        """[hcp]: calls or messages, newest weighing most."""
        table = self.view.snapshot.tables["call"]
        hcp = self.view.snapshot.reference("call", "hcp", "hcp")
        used = (hcp >= 0) & ((table["email"] == 1) == email)
        decay = 0.5 ** ((self.view.day - table["occurred_on"][used]) / REMEMBERED)
        return counted(self.view.hcps, hcp[used], decay)

    def without_account(self, hcp: Integers, account: Integers) -> dict[str, Floats]:
        """What would be other for HCPs that did not work at some of their accounts, by name of the column.

        ``account`` is [row], or [row, several].
        """
        total, events = self._at_accounts()
        at, lost = self.view.at_account, account.reshape(len(hcp), -1)
        others = np.asarray(at.sum(axis=0)).ravel()[lost] - 1
        prescribing = np.asarray(at.T @ self.seen.astype(float))[lost] - self.seen[hcp][:, None]
        total, events = total[hcp] - others.sum(axis=1), events[hcp] - prescribing.sum(axis=1)
        return {
            "accounts": at.getnnz(axis=1)[hcp] - float(lost.shape[1]),
            "colleagues_ahead": self._colleagues(total, events) - self.average,
        }

    def _at_accounts(self) -> tuple[Floats, Floats]:
        """[hcp]: colleagues at all its accounts, and those of them that were seen to prescribe the product."""
        at = self.view.at_account
        own = np.asarray(at.sum(axis=1)).ravel()
        total = at @ np.asarray(at.sum(axis=0)).ravel() - own
        events = at @ (at.T @ self.seen.astype(float)) - own * self.seen
        return np.asarray(total), np.asarray(events)

    def _colleagues(self, total: Floats, events: Floats) -> Floats:
        """Smoothed share of colleagues that were seen to prescribe the product."""
        return (events + 5 * self.average) / (total + 5)

    @cached_property
    def seen(self) -> Booleans:
        """[hcp]: whether a start of the product is known; what is forced does not count."""
        starts = self.view.starts
        used = (starts.hcp >= 0) & (starts.product == self.product)
        return counted(self.view.hcps, starts.hcp[used]) > 0

    @property
    def average(self) -> float:
        """Smoothed share of all HCPs that were seen to prescribe the product."""
        return float((self.seen.sum() + 1.0) / (self.view.hcps + 2.0))

    def access(self) -> dict[str, Floats]:
        """All that depends on coverage policies, by name of the column."""
        mix, rule = row_normalised(self.plan_mix), rules(self.view)[:, self.product]
        return {
            "expected_friction": np.asarray(mix @ rates(self.view).since[:, self.product]),
            "prior_authorization": np.asarray(mix @ rule[:, 0]),
        }

    @cached_property
    def plan_mix(self) -> sparse.csr_matrix:
        """[hcp, plan]: starts written within a year."""
        starts = self.view.starts
        used = (starts.hcp >= 0) & (starts.plan >= 0) & (starts.written > self.view.day - 365)
        shape = (self.view.hcps, self.view.plans)
        mix = sparse.csr_matrix((np.ones(int(used.sum())), (starts.hcp[used], starts.plan[used])), shape=shape)
        mix.sum_duplicates()
        return mix


def with_policies_of(fork: View, product: int, features: Features) -> Features:
    """Features of all HCPs, in row order, where coverage policies are those of a fork."""
    values = features.values.copy()
    for name, column in AdoptionFeatures(fork, product).access().items():
        values[:, features.names.index(name)] = column
    return replace(features, values=values)


def with_exposure(practice: Features, exposure: NDArray[np.float64]) -> Features:
    """Practice columns followed by the logarithm of the exposure [rows, relation, state]."""
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    for place, relation in enumerate(RELATIONS):
        for index, state in enumerate(STATE):
            columns.append(np.log1p(exposure[:, place, index]))
            names.append(f"{relation}_{state}")
    values = np.concatenate([practice.values, np.stack(columns, axis=1).astype(np.float32)], axis=1)
    return Features(
        practice.names + tuple(names),
        practice.groups + ("peers",) * len(names),
        values,
    )
