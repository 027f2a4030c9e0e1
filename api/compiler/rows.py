"""What a pattern binds."""

from dataclasses import dataclass, field

from graph.schema.core import DataClass

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One bound node or relationship: its Cypher variable and what it is.

    ``levels`` are the levels a prediction may have here. ``trail`` are the lines that find it again from nothing,
    ``path`` the response names that lead to it. ``beside`` are further nodes bound by the same pattern. ``decided``:
    the pattern has checked already that the caller may read all columns.
    """

    variable: str
    label: str
    path: Path
    trail: tuple[str, ...]
    release: DataClass | None = None
    levels: tuple[str, ...] = ()
    beside: dict[str, str] = field(default_factory=dict)
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Lines that bind a row, with its order and its largest number of rows (both Cypher expressions)."""

    row: Row
    lines: tuple[str, ...]
    order: tuple[str, ...] = ()
    limit: str | None = None
