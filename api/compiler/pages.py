"""A connection: one page by keyset, its edges, where it ends, how many there are in all.

Rows are ordered by the sort keys and then by id; null and hidden values come last in both directions. The cursor of
a row is the list of its key values, sealed after the statement has run and only when it was selected.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from graphql import FieldNode

from api.binding import BINDINGS
from api.compiler.arguments import Leaf, Tree
from api.compiler.bands import band_rank
from api.compiler.cells import column
from api.compiler.filters import predicate
from api.compiler.links import LINKS
from api.compiler.patterns import Arguments, leaf
from api.compiler.rows import Row, Scope
from api.compiler.writing import CursorSlot, Seal, Writing
from api.errors import BadInput
from graph.schema.catalogue import properties

MOST_KEYS = 4


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: an expression on the row, whether it descends, and whether it is a date.

    A cursor holds dates as texts.
    """

    name: str
    expression: str
    descending: bool
    dated: bool = False

    @property
    def order(self) -> str:
        return f"{self.expression} IS NULL, {self.expression}{' DESC' if self.descending else ''}"


@dataclass(frozen=True, slots=True)
class Page:
    """The lines that bind the page as a list of nodes, and expressions on that list."""

    name: str
    matching: tuple[str, ...]
    lines: tuple[str, ...]
    rows: Row
    first: str
    keys: tuple[Key, ...]
    total: str
    after: bool
    seal: Seal

    @property
    def cursor(self) -> str:
        """The raw key values of the row that is bound."""
        return f"[{', '.join(f'toString({key.expression})' if key.dated else key.expression for key in self.keys)}]"


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
    return Page(name, tuple(matching), tuple(lines), found, first, tuple(keys), total, "after" in arguments, seal)


def _keys(writing: Writing, row: Row, type_name: str, tree: Tree) -> list[Key]:
    keys = [key for entry in (tree if isinstance(tree, list) else []) for key in _of(writing, row, type_name, entry)]
    if len(keys) > MOST_KEYS:
        raise BadInput(f"sort has more than {MOST_KEYS} keys")
    return [*keys, Key("id", f"{row.variable}.id", descending=False)]


def _of(writing: Writing, row: Row, type_name: str, tree: Tree) -> list[Key]:
    """The keys of one entry: own columns, and those of the one related row, null where there is none to be seen."""
    keys: list[Key] = []
    for name, below in tree.items() if isinstance(tree, dict) else ():
        member = BINDINGS[type_name].members[name]
        if isinstance(below, Leaf):
            given = below.value(writing.variables)
            if given is None:
                continue
            descending = getattr(given, "value", given) == "DESC"
            if member.property is None:
                keys.append(Key(name, band_rank(writing, row), descending))
            else:
                dated = properties(row.label)[member.property].type == "date"
                keys.append(Key(name, column(writing, row, member.property), descending, dated))
        elif member.link is not None and member.related is not None:
            scope = LINKS[member.link](writing, row, {}, row.path)
            lines = " ".join([*scope.lines, f"WITH {scope.row.variable} ORDER BY {scope.row.variable}.id LIMIT 1"])
            keys += [
                replace(
                    key, name=f"{name}.{key.name}", expression=f"head(COLLECT {{ {lines} RETURN {key.expression} }})"
                )
                for key in _of(writing, scope.row, member.related, below)
            ]
    return keys


def _after(keys: list[Key], cursor: str) -> str:
    """Rows that come later than the cursor's values in the order of the keys."""
    options = []
    values = [f"date({cursor}[{index}])" if key.dated else f"{cursor}[{index}]" for index, key in enumerate(keys)]
    for position, key in enumerate(keys):
        equal = [
            f"({before.expression} = {value} OR ({before.expression} IS NULL AND {value} IS NULL))"
            for before, value in zip(keys[:position], values[:position], strict=True)
        ]
        sign, value = "<" if key.descending else ">", values[position]
        later = f"({key.expression} {sign} {value} OR ({key.expression} IS NULL AND {value} IS NOT NULL))"
        options.append("(" + " AND ".join([*equal, later]) + ")")
    return " OR ".join(options)


PAGE_INFO: dict[str, Callable[[Page], str]] = {
    "hasNextPage": lambda page: f"size({page.name}) > toInteger({page.first})",
    "hasPreviousPage": lambda page: "true" if page.after else "false",
}


def page_info(page: Page, selected: dict[str, list[FieldNode]]) -> str:
    """The map of a `pageInfo`."""
    parts = []
    for response, nodes in selected.items():
        name = nodes[0].name.value
        if name == "__typename":
            parts.append(f"`{response}`: 'PageInfo'")
        elif name in PAGE_INFO:
            parts.append(f"`{response}`: {PAGE_INFO[name](page)}")
        else:
            shown = f"{page.name}[0..toInteger({page.first})]"
            end = "head" if name == "startCursor" else "last"
            variable = page.rows.variable
            parts.append(
                f"`{response}`: head(COLLECT {{ UNWIND [{end}({shown})] AS {variable} "
                f"WITH {variable} WHERE {variable} IS NOT NULL RETURN {page.cursor} }})"
            )
    return "{" + ", ".join(parts) + "}"
