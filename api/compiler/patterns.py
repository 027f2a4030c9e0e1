"""What patterns have in common."""

from collections.abc import Callable, Iterable, Mapping

from api.compiler.arguments import Leaf, Tree
from api.compiler.rows import Path, Row, Scope
from api.compiler.writing import Writing

Arguments = Mapping[str, Tree]
Link = Callable[[Writing, Row, Arguments, Path], Scope]


def leaf(tree: Tree) -> Leaf:
    """A tree that is known to be a leaf by the schema's types."""
    if not isinstance(tree, Leaf):
        raise TypeError(f"expected a leaf, not {type(tree).__name__}")
    return tree


def first_of(writing: Writing, arguments: Arguments) -> str | None:
    """The parameter that limits a list; none where a filter follows the link, which wants every row."""
    return writing.parameter(leaf(arguments["first"])) if "first" in arguments else None


def texts(words: Iterable[str]) -> str:
    """Words of the declaration or the policy as a Cypher list."""
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"


def scope(
    parent: Row,
    path: Path,
    variable: str,
    label: str,
    lines: list[str],
    order: list[str],
    limit: str | None = "1",
    *,
    beside: dict[str, str] | None = None,
) -> Scope:
    """A scope whose rows are not predictions."""
    row = Row(variable, label, path, (*parent.trail, *lines), beside=beside or {})
    return Scope(row, tuple(lines), tuple(order), limit)


def product_lines(writing: Writing, found: str, argument: Tree) -> list[str]:
    """Bind the product that is named by its id or its productId."""
    given = writing.parameter(leaf(argument))
    return [f"MATCH ({found}:Product)", f"WHERE {found}.id = {given} OR {found}.productId = {given}"]
