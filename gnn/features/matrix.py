"""A feature matrix that knows the name and the group of each column."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """``values`` [rows, columns] with one name and one group per column."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: Matrix

    @classmethod
    def of(cls, grouped: Mapping[str, Mapping[str, NDArray[np.float64]]], rows: int) -> "Features":
        """From ``{group: {name: column}}``; a scalar column is repeated."""
        names = tuple(name for columns in grouped.values() for name in columns)
        groups = tuple(group for group, columns in grouped.items() for _ in columns)
        values = np.empty((rows, len(names)), dtype=np.float32)
        for place, column in enumerate(column for columns in grouped.values() for column in columns.values()):
            values[:, place] = column
        return cls(names, groups, values)

    def only(self, groups: set[str]) -> "Features":
        """The columns of some groups."""
        keep = [place for place, group in enumerate(self.groups) if group in groups]
        return Features(
            tuple(self.names[place] for place in keep),
            tuple(self.groups[place] for place in keep),
            self.values[:, keep],
        )

    def places(self, group: str) -> list[int]:
        """Column numbers of a group."""
        return [place for place, other in enumerate(self.groups) if other == group]

    def column(self, name: str) -> Matrix:
        """One column by name."""
        return self.values[:, self.names.index(name)]


def smoothed(events: NDArray[np.float64], trials: NDArray[np.float64], prior: object, strength: float) -> object:
    """Rate shrunk towards ``prior`` with the weight of ``strength`` trials."""
    return (events + strength * np.asarray(prior)) / (trials + strength)
