"""An edition: what was published of one month. It holds what is shown and nothing of what is withheld."""

from __future__ import annotations

import base64
import datetime
import hashlib
from dataclasses import dataclass
from typing import Any

from graph.cohorts.lattice import ALL, DIMENSIONS, MEASURES

Row = tuple[tuple[str, ...], tuple[int | None, ...]]
"""A group's value of each dimension, and its measures in order; None is withheld."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The cohorts of one month, by product id."""

    month: datetime.date
    as_of: datetime.date
    published_at: datetime.datetime
    products: dict[str, list[Row]]

    @property
    def name(self) -> str:
        return f"{self.month:%Y-%m}@{self.as_of.isoformat()}"

    def to_json(self) -> dict[str, Any]:
        return {
            "month": self.month.isoformat(),
            "as_of": self.as_of.isoformat(),
            "published_at": self.published_at.isoformat(),
            "columns": [list(DIMENSIONS), list(MEASURES)],
            "products": self.products,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Edition:
        """The edition that `to_json` wrote; raise `KeyError`, `TypeError` or `ValueError` for anything else."""
        if data["columns"] != [list(DIMENSIONS), list(MEASURES)]:
            raise ValueError(f"its columns are {data['columns']!r}")
        return cls(
            datetime.date.fromisoformat(data["month"]),
            datetime.date.fromisoformat(data["as_of"]),
            datetime.datetime.fromisoformat(data["published_at"]),
            {
                product: [(tuple(group), tuple(counts)) for group, counts in rows]
                for product, rows in data["products"].items()
            },
        )

    def cohorts(self, product: str) -> list[list[Any]]:
        """The rows of a product as they are written: id, level, group, measures."""
        rows = self.products[product]
        return [[self._id(product, group), level_of(group), *group, *counts] for group, counts in rows]

    def _id(self, product: str, group: tuple[str, ...]) -> str:
        text = "|".join((product, self.month.isoformat(), *group))
        digest = hashlib.sha256(text.encode()).digest()
        return f"coh-{base64.b32encode(digest).decode().lower()[:16]}"


def level_of(group: tuple[str, ...]) -> str:
    """The dimensions that a group is told by."""
    told = [name for name, value in zip(DIMENSIONS, group, strict=True) if value != ALL]
    return "+".join(told) or ALL
