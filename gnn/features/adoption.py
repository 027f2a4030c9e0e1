"""Features of an HCP that has not prescribed the product yet, and the prescribing of everybody around it.

The prescribing state of all HCPs enters in one way only: through `Exposure`, a sum over ties and colleagues. So
switching one HCP on or off changes exactly the rows that it is tied to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.features.matrix import Features
from gnn.features.pagerank import pagerank
from gnn.features.rates import rates, rules
from gnn.view import Booleans, Floats, View, counted, row_normalised

OWN_PROPERTIES = {"practice", "access", "calendar"}
HALF_LIFE = 45.0
QUARTER = 91.0
STATE = ("prescribes", "volume", "log_volume")
RELATIONS = ("receives_from", "sends_to", "colleague", "felt")


@dataclass(frozen=True, slots=True)
class Prescribing:
    """State of the product per HCP: ``adopted`` and ``volume`` in starts per 91 days, newest weighing most."""

    adopted: Booleans
    volume: Floats

    @property
    def state(self) -> Floats:
        """[hcp, 3]: the columns named by STATE."""
        return state_of(self.volume, self.adopted)


def state_of(volume: Floats, adopted: Booleans) -> Floats:
    """[..., 3] from volume and adoption."""
    return np.stack([adopted.astype(float), volume, np.log1p(volume)], axis=-1)


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
    def relations(self) -> Mapping[str, sparse.csr_matrix]:
        """[to, from] weights of each relation over which prescribing is felt."""
        ties, at = self.view.ties, self.view.at_account
        together = (at @ row_normalised(at.T.tocsr())).tolil()
        together.setdiag(0)
        both = (ties + ties.T).tocsr()
        both.data = np.sqrt(both.data) / 4.0
        return {
            "receives_from": row_normalised(ties.T.tocsr()),
            "sends_to": row_normalised(ties),
            "colleague": row_normalised(together.tocsr()),
            "felt": both,
        }

    @cached_property
    def exposure(self) -> NDArray[np.float64]:
        """[hcp, relation, 3]: state of the others, summed over each relation."""
        state = self.prescribing.state
        return np.stack([matrix @ state for matrix in self.relations.values()], axis=1)

    @cached_property
    def class_volume(self) -> Floats:
        """[hcp]: starts of all other products per 91 days, over the last half year."""
        view, starts = self.view, self.view.starts
        days = max(28, min(182, view.day - view.first_written))
        used = (starts.hcp >= 0) & (starts.product != self.product) & (starts.written > view.day - days)
        return counted(view.hcps, starts.hcp[used]) * QUARTER / days

    @cached_property
    def practice(self) -> Features:
        """Everything that does not move when somebody else starts or stops prescribing."""
        view = self.view
        starts = view.starts
        mix = self._plan_mix()
        since = view.snapshot.column("hcp", "enumerated_on").astype(np.int64)
        rule = rules(view)[:, self.product]
        used = (starts.hcp >= 0) & (starts.product == self.product)
        seen = counted(view.hcps, starts.hcp[used]) > 0
        specialty = view.codes("hcp", "taxonomy")
        kinds = int(specialty.max(initial=-1)) + 1
        average = (seen.sum() + 1.0) / (view.hcps + 2.0)
        by_specialty = (counted(kinds, specialty, seen) + 10 * average) / (counted(kinds, specialty) + 10)
        territory = view.in_territory
        by_territory = (territory.T @ seen + 10 * average) / (territory.T @ np.ones(view.hcps) + 10)
        both = (view.ties + view.ties.T).tocsr()
        return Features.of(
            {
                "practice": {
                    "class_volume": np.log1p(self.class_volume),
                    "years": np.clip((view.day - since) / 365.25, 0, 60),
                    "plans": np.log1p(mix.getnnz(axis=1).astype(float)),
                },
                "access": {
                    "expected_friction": np.asarray(row_normalised(mix) @ rates(view).since[:, self.product]),
                    "prior_authorization": np.asarray(row_normalised(mix) @ rule[:, 0]),
                },
                "calendar": {"observed": np.full(view.hcps, min(view.day - view.first_written, 180) / 180.0)},
                "position": {
                    "degree": np.log1p(both.getnnz(axis=1).astype(float)),
                    "shared_patients": np.log1p(np.asarray(both.sum(axis=1)).ravel()),
                    "page_rank": pagerank(view),
                    "accounts": view.at_account.getnnz(axis=1).astype(float),
                },
                "market": {
                    "specialty_adopted": by_specialty[specialty],
                    "territory_adopted": np.asarray(row_normalised(territory) @ by_territory),
                    "all_adopted": np.full(view.hcps, average),
                },
            },
            view.hcps,
        )

    def rows(self) -> Features:
        """Features of all HCPs in row order."""
        return with_exposure(self.practice, self.exposure)

    def _plan_mix(self) -> sparse.csr_matrix:
        starts = self.view.starts
        used = (starts.hcp >= 0) & (starts.plan >= 0) & (starts.written > self.view.day - 365)
        shape = (self.view.hcps, self.view.plans)
        mix = sparse.csr_matrix((np.ones(int(used.sum())), (starts.hcp[used], starts.plan[used])), shape=shape)
        mix.sum_duplicates()
        return mix


def with_exposure(practice: Features, exposure: NDArray[np.float64]) -> Features:
    """Practice columns followed by the exposure [rows, relation, 3]; sums without a bound enter as logarithms."""
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    for place, relation in enumerate(RELATIONS):
        for index, state in enumerate(STATE):
            values = exposure[:, place, index]
            columns.append(np.log1p(values) if relation == "felt" else values)
            names.append(f"{relation}_{state}")
    values = np.concatenate([practice.values, np.stack(columns, axis=1).astype(np.float32)], axis=1)
    return Features(
        practice.names + tuple(names),
        practice.groups + ("peers",) * len(names),
        values,
    )
