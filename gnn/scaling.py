"""Standardisation that is fitted on the training window only and saved with the model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Scaling:
    """Subtract ``mean``, divide by ``spread``, clip to five spreads."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def fit(cls, values: NDArray[Any]) -> "Scaling":
        """From [rows, columns]; a column that does not vary becomes zero."""
        if not len(values):
            return cls(np.zeros(values.shape[1]), np.ones(values.shape[1]))
        spread = values.std(axis=0, dtype=np.float64)
        return cls(values.mean(axis=0, dtype=np.float64), np.where(spread > 1e-9, spread, 1.0))

    def apply(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """[rows, columns] in spreads."""
        return np.clip((values - self.mean) / self.spread, -LIMIT, LIMIT).astype(np.float32)

    def as_json(self) -> dict[str, list[float]]:
        """Plain lists, for the model's file."""
        return {"mean": self.mean.tolist(), "spread": self.spread.tolist()}

    @classmethod
    def from_json(cls, values: dict[str, list[float]]) -> "Scaling":
        """The inverse of `as_json`."""
        return cls(np.asarray(values["mean"], dtype=np.float64), np.asarray(values["spread"], dtype=np.float64))
