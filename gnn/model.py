"""A trained model: what predicts, how it is calibrated, what it was trained on, how it fared."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.calibrate import Platt
from gnn.features.matrix import Features
from gnn.predictors import Predictor, Trees, missing
from gnn.samples import Sample
from gnn.tasks import Split
from graph.errors import ModelError


@dataclass(frozen=True, slots=True)
class Model:
    """``concentrations`` gives the interval per level; ``bags`` the interval of what is read from the model."""

    id: str
    version: str
    task: str
    predictor: Predictor
    promoted: str
    platt: Platt
    concentrations: Mapping[str, float]
    bags: tuple[Trees, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    reference: NDArray[np.float32]
    """[columns]: mean of each feature over the training rows' first snapshot, the neutral value in explanations."""
    seed: int
    as_of: date
    fingerprint: str
    table: Mapping[str, Any]
    intervals: Mapping[str, Any]
    split: Split
    """Days of the windows whose labels it has seen."""
    findings: Mapping[str, Any]
    """What the test window shows beyond the table, see `gnn.findings`."""
    profile: Mapping[str, Any]
    """What it scored on its own day, see `gnn.profiles`: drift is the distance from it."""

    @classmethod
    def of(
        cls,
        *,
        task: str,
        predictor: Predictor,
        promoted: str,
        platt: Platt,
        concentrations: Mapping[str, float],
        bags: tuple[Trees, ...],
        features: Features,
        seed: int,
        as_of: date,
        fingerprint: str,
        table: Mapping[str, Any],
        intervals: Mapping[str, Any],
        split: Split,
        findings: Mapping[str, Any],
        profile: Mapping[str, Any],
    ) -> "Model":
        """A model whose id follows from what it was trained on, how, and what came out."""
        figures = json.dumps([table, intervals], sort_keys=True)
        text = "|".join([task, promoted, str(seed), fingerprint, figures])
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(
            id=f"model_{digest[:16]}",
            version=f"{task}-{as_of.isoformat()}-{digest[:6]}",
            task=task,
            predictor=predictor,
            promoted=promoted,
            platt=platt,
            concentrations=concentrations,
            bags=bags,
            names=features.names,
            groups=features.groups,
            reference=features.values.mean(axis=0),
            seed=seed,
            as_of=as_of,
            fingerprint=fingerprint,
            table=table,
            intervals=intervals,
            split=split,
            findings=findings,
            profile=profile,
        )

    def probability(self, sample: Sample) -> NDArray[np.float64]:
        """Calibrated probability per row."""
        return self.platt.apply(self.predictor.logits(sample))

    def unreadable(self, sample: Sample) -> str | None:
        """Why the model cannot read rows as this version of the twin makes them; nothing when it can."""
        parts = (self.predictor, *self.bags)
        return next((found for part in parts if (found := missing(part, self.names, sample))), None)

    def require_readable(self, sample: Sample) -> None:
        """Raise `ModelError` with the remedy when it cannot read them."""
        reason = self.unreadable(sample)
        if reason is not None:
            raise ModelError(f"model {self.version!r} cannot be used: {reason}; run `twin train {self.task}`")
