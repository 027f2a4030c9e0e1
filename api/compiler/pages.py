"""A connection: one page by keyset, its edges, where it ends, how many there are in all.

Rows are ordered by the sort keys and then by id; null and hidden values come last in both directions. The cursor of
a row is the list of its key values, sealed after the statement has run and only when it was selected.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from graphql import FieldNode

from api.binding import BINDINGS
from api.compiler.arguments import Leaf, Tree
from api.compiler.bands import band_rank
from api.compiler.cells import column
from api.compiler.filters import leading, predicate
from api.compiler.indexes import indexed, seeks
from api.compiler.patterns import Arguments, leaf
from api.compiler.restricted import related
from api.compiler.rows import Row, Scope
from api.compiler.rules import narrowed
from api.compiler.writing import CursorSlot, Seal, Writing
from api.errors import BadInput
from graph.schema.catalogue import properties

MOST_KEYS = 4


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: an expression on the row, whether it descends, whether it may be null, whether an index has it in
    order, whether it is a date, which a cursor holds as a text."""

    name: str
    expression: str
    descending: bool
    nullable: bool = True
    indexed: bool = False
    dated: bool = False

    @property
    def order(self) -> str:
        """Null last: so it is in Neo4j when ascending."""
        if not self.descending:
            return self.expression
        return f"{self.expression} IS NULL, {self.expression} DESC" if self.nullable else f"{self.expression} DESC"

    @property
    def kept(self) -> str:
        """The value as a cursor keeps it."""
        return f"toString({self.expression})" if self.dated else self.expression

    def given(self, cursor: str, position: int) -> str:
        """The value that a cursor kept."""
        return f"date({cursor}[{position}])" if self.dated else f"{cursor}[{position}]"

    def later(self, value: str) -> str:
        return f"{self.expression} {'<' if self.descending else '>'} {value}"


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
        """The key values of the row that is bound."""
        return f"[{', '.join(key.kept for key in self.keys)}]"


def page(writing: Writing, scope: Scope, type_name: str, arguments: Arguments, field_name: str) -> Page:
    """Compile the arguments of a connection of ``type_name`` (``where``, ``sort``, ``first``, ``after``), the root
    field ``field_name``."""
    variable = scope.row.variable
    where = arguments.get("where", {})
    sought = seeks(scope.row.label, f"{type_name}Where", where, writing.variables)
    if sought and (scope.labelled or scope.repeats):
        lead, rest = leading(writing, scope.row, f"{type_name}Where", where)
        scope = replace(scope, lines=(*scope.lines, *lead), repeats=scope.repeats or bool(lead))
    else:
        rest = where
    condition = predicate(writing, scope.row, f"{type_name}Where", rest)
    conditions = [] if condition == "true" else [condition]
    keys = _keys(writing, scope.row, f"{type_name}Sort", arguments.get("sort", []))
    order_names = tuple(f"{key.name} {'DESC' if key.descending else 'ASC'}" for key in keys)
    seal = Seal((field_name, *order_names), (arguments.get("product", {}), where))
    after: str | None = None
    if "after" in arguments:
        slot = f"cursor{len(writing.cursors)}"
        writing.cursors[slot] = CursorSlot(leaf(arguments["after"]), seal)
        after = f"${slot}"
    first = writing.parameter(leaf(arguments["first"]))
    name = writing.name("page")
    asked = _Asked(scope, tuple(conditions), tuple(keys), after, f"toInteger({first}) + 1")
    lines = asked.walked(writing, name) if scope.labelled and keys[0].indexed and not sought else asked.sorted(name)
    found = Row(
        variable,
        scope.row.label,
        scope.row.path,
        (f"UNWIND {name}[0..toInteger({first})] AS {variable}",),
        scope.row.release,
        scope.row.levels,
    )
    counted = f"DISTINCT {variable}" if scope.repeats else variable
    matching = narrowed(scope.lines, variable, conditions)
    total = f"COUNT {{ {' '.join(matching)} RETURN {counted} }}"
    return Page(
        name, (*matching, f"WITH {counted}"), tuple(lines), found, first, tuple(keys), total, after is not None, seal
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The rows of a scope that meet the conditions, in the order of the keys, after a cursor, up to a number."""

    scope: Scope
    conditions: tuple[str, ...]
    keys: tuple[Key, ...]
    after: str | None
    most: str

    def sorted(self, name: str) -> list[str]:
        """All of them are found and sorted."""
        later = [] if self.after is None else [f"({_after(self.keys, self.after)})"]
        return self._collected(later, self.keys, name)

    def walked(self, writing: Writing, name: str) -> list[str]:
        """An index has the first key in order: it is walked from the cursor on, and left when the page is full.

        Rows without a value are in no index. They come last, and are looked for only when there is room.
        """
        key, rest = self.keys[0], self.keys[1:]
        value = key.given(self.after or "", 0)
        after_rest = _after(rest, self.after, 1) if self.after is not None and rest else None
        lead = [f"{key.expression} IS NOT NULL"]
        if self.after is not None and after_rest is None:
            lead = [key.later(value)]
        elif after_rest is not None:
            lead = [f"{key.expression} {'<=' if key.descending else '>='} {value}"]
            lead += [f"({key.later(value)} OR {after_rest})"]
        ordered = (replace(key, nullable=False), *rest)
        if not key.nullable:
            return self._collected(lead, ordered, name)
        filled, more, others = writing.name("filled"), writing.name("more"), writing.name("others")
        last = [f"{key.expression} IS NULL"]
        if after_rest is not None:
            last += [f"({value} IS NOT NULL OR {after_rest})"]
        return [
            f"CALL () {{ {' '.join(self._collected(lead, ordered, filled))} }}",
            f"CALL ({filled}) {{ UNWIND CASE WHEN size({filled}) < {self.most} THEN [true] ELSE [] END AS {more}",
            f"{' '.join(self._collected(last, rest, others))} }}",
            f"RETURN ({filled} + {others})[0..{self.most}] AS {name}",
        ]

    def _collected(self, predicates: list[str], keys: tuple[Key, ...], name: str) -> list[str]:
        variable = self.scope.row.variable
        once = f"DISTINCT {variable}" if self.scope.repeats else variable
        return [
            *narrowed(self.scope.lines, variable, [*predicates, *self.conditions]),
            f"WITH {once} ORDER BY {', '.join(key.order for key in keys)} LIMIT {self.most}",
            f"RETURN collect({variable}) AS {name}",
        ]


def _keys(writing: Writing, row: Row, type_name: str, tree: Tree) -> list[Key]:
    keys = [key for entry in (tree if isinstance(tree, list) else []) for key in _of(writing, row, type_name, entry)]
    if len(keys) > MOST_KEYS:
        raise BadInput(f"sort has more than {MOST_KEYS} keys")
    return [*keys, Key("id", f"{row.variable}.id", descending=False, nullable=False, indexed=True)]


def _of(writing: Writing, row: Row, type_name: str, tree: Tree) -> list[Key]:
    """The keys of one entry: own columns, and those of the one related row, null where there is none to be seen."""
    keys: list[Key] = []
    for name, below in tree.items() if isinstance(tree, dict) else ():
        member = BINDINGS[type_name].members[name]
        if isinstance(below, Leaf):
            given = below.value(writing.variables)
            if given is not None:
                keys.append(_own(writing, row, name, member.property, getattr(given, "value", given) == "DESC"))
        elif member.link is not None and member.related is not None:
            scope = related(writing, row, member.link)
            lines = " ".join([*scope.lines, f"WITH {scope.row.variable} ORDER BY {scope.row.variable}.id LIMIT 1"])
            for key in _of(writing, scope.row, member.related, below):
                expression = f"head(COLLECT {{ {lines} RETURN {key.expression} }})"
                keys.append(Key(f"{name}.{key.name}", expression, key.descending, dated=key.dated))
    return keys


def _own(writing: Writing, row: Row, name: str, column_name: str | None, descending: bool) -> Key:
    if column_name is None:
        return Key(name, band_rank(writing, row), descending)
    declared = properties(row.label)[column_name]
    expression = column(writing, row, column_name)
    plain = expression == f"{row.variable}.{column_name}"
    return Key(
        name,
        expression,
        descending,
        nullable=not (plain and declared.required),
        indexed=plain and column_name in indexed(row.label),
        dated=declared.type == "date",
    )


def _after(keys: Sequence[Key], cursor: str, start: int = 0) -> str:
    """Rows that come later than the cursor's values, from ``start`` on, in the order of the keys."""
    options = []
    equal: list[str] = []
    for position, key in enumerate(keys, start):
        value = key.given(cursor, position)
        later, same = key.later(value), f"{key.expression} = {value}"
        if key.nullable:
            later = f"({later} OR ({key.expression} IS NULL AND {value} IS NOT NULL))"
            same = f"({same} OR ({key.expression} IS NULL AND {value} IS NULL))"
        options.append(f"({' AND '.join([*equal, later])})")
        equal.append(same)
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
            variable = page.rows.variable
            parts.append(
                f"head(COLLECT {{ UNWIND [{end}({shown})] AS {variable} "
                f"WITH {variable} WHERE {variable} IS NOT NULL RETURN {page.cursor} }})"
            )
    return f"[{', '.join(parts)}]"
