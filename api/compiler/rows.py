"""What a pattern binds."""

from dataclasses import dataclass, field, replace

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
    """Lines that bind a row, with its order and its largest number of rows (both Cypher expressions).

    ``labelled``: they start from all nodes of the row's label, so that an index may lead them. ``repeats``: a row may
    come more than once.
    """

    row: Row
    lines: tuple[str, ...]
    order: tuple[str, ...] = ()
    limit: str | None = None
    labelled: bool = False
    repeats: bool = False

    @property
    def cut(self) -> tuple[str, ...]:
        """The line that orders the rows and keeps the first ones, or none."""
        if not self.order and self.limit is None:
            return ()
        order = f" ORDER BY {', '.join(self.order)}" if self.order else ""
        limit = f" LIMIT toInteger({self.limit})" if self.limit is not None else ""
        return (f"WITH *{order}{limit}",)


def bounded(scope: Scope) -> Row:
    """The row of a scope with a trail that leads to the selected rows alone: to no row beyond the limit, whose marks
    would tell of rows that were not asked for and whose number would multiply with every level."""
    row = scope.row
    if scope.limit is None:
        return row
    before = row.trail[: len(row.trail) - len(scope.lines)]
    names = ", ".join([row.variable, *row.beside.values()])
    return replace(row, trail=(*before, f"CALL (*) {{ {' '.join([*scope.lines, *scope.cut])} RETURN {names} }}"))
