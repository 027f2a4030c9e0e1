"""The therapy starts: who wrote what for whom and when. One per patient and product."""

from dataclasses import dataclass

import numpy as np

from graph.world.adoption import Adoption
from graph.world.arrays import Booleans, Floats, Integers
from graph.world.clock import PAST_WEEKS, WEEK, Clock
from graph.world.patients import Patients
from graph.world.products import OWN
from graph.world.settings import WorldSettings
from graph.world.streams import stream


@dataclass(frozen=True, slots=True)
class Starts:
    """Arrays of one length, ordered by day; days before 0 lie in the unobserved past."""

    day: Integers
    hcp: Integers
    patient: Integers
    plan: Integers
    product: Integers
    edition: Integers

    def __len__(self) -> int:
        return len(self.day)


def make_starts(settings: WorldSettings, clock: Clock, patients: Patients, adoption: Adoption) -> Starts:
    random = stream(settings.seed, "starts")
    panel = patients.panel
    parts = []
    for product, counts in enumerate(adoption.starts):
        # Weekdays mostly: an office writes little on the last two days of its week.
        by_hcp = counts.T.ravel()
        hcp = np.repeat(np.repeat(np.arange(counts.shape[1]), counts.shape[0]), by_hcp)
        week = np.repeat(np.tile(np.arange(counts.shape[0]), counts.shape[1]), by_hcp)
        total = counts.sum(axis=0)
        rank = np.arange(len(hcp)) - np.repeat(np.cumsum(total) - total, total)
        day_in_week = random.choice(WEEK, len(hcp), p=(0.19, 0.19, 0.19, 0.18, 0.18, 0.04, 0.03))
        day = (week - PAST_WEEKS) * WEEK + day_in_week
        fits = (rank < panel[hcp]) & (day < clock.days)
        # Products begin at different thirds of the panel: few patients get two of them.
        place = (rank + panel[hcp] * product // len(adoption.starts)) % panel[hcp]
        patient = patients.first[hcp] + place
        parts.append(np.stack([day, hcp, patient, np.full(len(day), product)])[:, fits])
    day, hcp, patient, product_of = np.concatenate(parts, axis=1)
    order = np.lexsort((product_of, hcp, day))
    day, hcp, patient, product_of = day[order], hcp[order], patient[order], product_of[order]
    edition = np.searchsorted(np.array(clock.editions), day, side="right") - 1
    return Starts(
        day=day,
        hcp=hcp,
        patient=patient,
        plan=patients.plan[patient],
        product=product_of,
        edition=np.maximum(edition, 0),
    )


def make_corrections(
    settings: WorldSettings, clock: Clock, starts: Starts, dispensed: Booleans, paid: Floats
) -> Integers:
    """A few own starts, dispensed in the last months before the backfill, whose payment is restated later."""
    random = stream(settings.seed, "corrections")
    settled = (starts.day >= clock.deliveries[0] - 150) & (starts.day < clock.deliveries[0] - 100)
    eligible = np.flatnonzero(settled & dispensed & (paid > 0) & (starts.product == OWN))
    return np.sort(random.permutation(eligible)[: 2 + settings.hcps // 500]).astype(np.int64)
