"""A connection: one page by keyset, its edges, where it ends, how many there are in all.

Rows are ordered by the sort keys and then by id; null and hidden values come last in both directions. The cursor of
a row is the list of its key values, sealed after the statement has run and only when it was selected.
"""

from collections.abc import Callable
from dataclasses import dataclass

from graphql import FieldNode

from api.binding import BINDINGS
from api.compiler.arguments import Leaf, Tree
from api.compiler.bands import band_rank
from api.compiler.cells import column
from api.compiler.filters import predicate
from api.compiler.patterns import Arguments, leaf
from api.compiler.rows import Row, Scope
from api.compiler.writing import CursorSlot, Seal, Writing
from api.errors import BadInput


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: an expression on the row and whether it descends."""

    name: str
    expression: str
    descending: bool

    @property
    def order(self) -> str:
        return f"{self.expression} IS NULL, {self.expression}{' DESC' if self.descending else ''}"


@dataclass(frozen=True, slots=True)
class Page:
    """The lines that bind the page as a list of nodes, and expressions on that list."""

    name: str
    lines: tuple[str, ...]
    rows: Row
    first: str
    keys: tuple[Key, ...]
    total: str
    after: bool
    seal: Seal

    def cursor(self, variable: str) -> str:
        """The raw key values of a row."""
        values = [key.expression.replace(f"{self.rows.variable}.", f"{variable}.") for key in self.keys]
        return f"[{', '.join(values)}]"


def page(writing: Writing, scope: Scope, type_name: str, arguments: Arguments, field_name: str) -> Page:
    """Compile the arguments of a connection of ``type_name`` (``where``, ``sort``, ``first``, ``after``), the root
    field ``field_name``."""
    variable = scope.row.variable
    condition = predicate(writing, scope.row, f"{type_name}Where", arguments.get("where", {}))
    keys = _keys(writing, scope.row, f"{type_name}Sort", arguments.get("sort", []))
    matching = [*scope.lines, f"WITH {variable} WHERE {condition}"]
    lines = list(matching)
    order_names = tuple(f"{key.name} {'DESC' if key.descending else 'ASC'}" for key in keys)
    seal = Seal((field_name, *order_names), (arguments.get("product", {}), arguments.get("where", {})))
    if "after" in arguments:
        slot = f"cursor{len(writing.cursors)}"
        writing.cursors[slot] = CursorSlot(leaf(arguments["after"]), seal)
        lines.append(f"WITH {variable} WHERE {_after(keys, f'${slot}')}")
    first = writing.parameter(leaf(arguments["first"]))
    name = writing.name("page")
    order = ", ".join(key.order for key in keys)
    lines += [
        f"WITH {variable} ORDER BY {order} LIMIT toInteger({first}) + 1",
        f"RETURN collect({variable}) AS {name}",
    ]
    found = Row(
        variable,
        scope.row.label,
        scope.row.path,
        (f"UNWIND {name}[0..toInteger({first})] AS {variable}",),
        scope.row.release,
        scope.row.levels,
    )
    total = f"COUNT {{ {' '.join(matching)} RETURN {variable} }}"
    return Page(name, tuple(lines), found, first, tuple(keys), total, "after" in arguments, seal)


def _keys(writing: Writing, row: Row, type_name: str, tree: Tree) -> list[Key]:
    keys: list[Key] = []
    members = BINDINGS[type_name].members
    for entry in tree if isinstance(tree, list) else []:
        for name, direction in entry.items():
            given = direction.value(writing.variables) if isinstance(direction, Leaf) else None
            if given is None:
                continue
            member = members[name]
            expression = band_rank(writing, row) if member.property is None else column(writing, row, member.property)
            keys.append(Key(name, expression, getattr(given, "value", given) == "DESC"))
    if len(keys) > 4:
        raise BadInput("sort has more than 4 keys")
    return [*keys, Key("id", f"{row.variable}.id", descending=False)]


def _after(keys: list[Key], cursor: str) -> str:
    """Rows that come later than the cursor's values in the order of the keys."""
    options = []
    for position, key in enumerate(keys):
        equal = [
            f"({before.expression} = {cursor}[{index}] OR ({before.expression} IS NULL AND {cursor}[{index}] IS NULL))"
            for index, before in enumerate(keys[:position])
        ]
        sign, value = "<" if key.descending else ">", f"{cursor}[{position}]"
        later = f"({key.expression} {sign} {value} OR ({key.expression} IS NULL AND {value} IS NOT NULL))"
        options.append("(" + " AND ".join([*equal, later]) + ")")
    return " OR ".join(options)


PAGE_INFO: dict[str, Callable[[Page], str]] = {
    "hasNextPage": lambda page: f"size({page.name}) > toInteger({page.first})",
    "hasPreviousPage": lambda page: "true" if page.after else "false",
}


def page_info(page: Page, selected: dict[str, list[FieldNode]]) -> str:
    """The values of a `pageInfo`."""
    parts = []
    for nodes in selected.values():
        name = nodes[0].name.value
        if name == "__typename":
            parts.append("'PageInfo'")
        elif name in PAGE_INFO:
            parts.append(PAGE_INFO[name](page))
        else:
            shown = f"{page.name}[0..toInteger({page.first})]"
            end = "head" if name == "startCursor" else "last"
            variable = f"{page.rows.variable}Edge"
            row = f"[{end}({shown})]"
            parts.append(f"head([{variable} IN {row} WHERE {variable} IS NOT NULL | {page.cursor(variable)}])")
    return f"[{', '.join(parts)}]"
