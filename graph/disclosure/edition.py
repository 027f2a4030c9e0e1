"""An edition: what was published of one month. It holds what is shown and nothing of what is withheld."""

from __future__ import annotations

import base64
import datetime
import hashlib
from dataclasses import dataclass
from typing import Any

from graph.disclosure.lattice import ALL

Row = tuple[tuple[str, ...], tuple[int | None, ...]]
"""A group's value of each dimension, and its measures in order; None is withheld."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Something that is published month by month: nodes of a label, one for each product and group.

    ``name`` is for people and messages; ``folder``, below `TWIN_HOME`, keeps its editions; ids begin with ``prefix``.
    """

    name: str
    label: str
    folder: str
    prefix: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...]

    @property
    def columns(self) -> list[list[str]]:
        return [list(self.dimensions), list(self.measures)]


@dataclass(frozen=True, slots=True)
class Edition:
    """The groups of one month, by product id; `all` where products are not told apart."""

    publication: Publication
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
            "columns": self.publication.columns,
            "products": self.products,
        }

    @classmethod
    def from_json(cls, publication: Publication, data: dict[str, Any]) -> Edition:
        """The edition that `to_json` wrote; raise `KeyError`, `TypeError` or `ValueError` for anything else."""
        if data["columns"] != publication.columns:
            raise ValueError(f"its columns are {data['columns']!r}")
        return cls(
            publication,
            datetime.date.fromisoformat(data["month"]),
            datetime.date.fromisoformat(data["as_of"]),
            datetime.datetime.fromisoformat(data["published_at"]),
            {
                product: [(tuple(group), tuple(counts)) for group, counts in rows]
                for product, rows in data["products"].items()
            },
        )

    def nodes(self, product: str) -> list[dict[str, Any]]:
        """The groups of a product as properties of the nodes that show them."""
        shared = {
            "month": self.month,
            "edition": self.name,
            "asOf": self.as_of,
            "publishedAt": self.published_at,
        }
        return [
            {
                "id": self._id(product, group),
                "level": self._level(group),
                **dict(zip(self.publication.dimensions, group, strict=True)),
                **dict(zip(self.publication.measures, counts, strict=True)),
                "suppressed": counts[0] is None,
                **shared,
            }
            for group, counts in self.products[product]
        ]

    def _id(self, product: str, group: tuple[str, ...]) -> str:
        text = "|".join((product, self.month.isoformat(), *group))
        digest = hashlib.sha256(text.encode()).digest()
        return f"{self.publication.prefix}-{base64.b32encode(digest).decode().lower()[:16]}"

    def _level(self, group: tuple[str, ...]) -> str:
        """The dimensions that a group is told by."""
        told = [name for name, value in zip(self.publication.dimensions, group, strict=True) if value != ALL]
        return "+".join(told) or ALL
