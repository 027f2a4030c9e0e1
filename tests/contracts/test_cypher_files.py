"""The page of statements is generated; the code asks only for statements that exist."""

import ast
import re
from pathlib import Path

from cypher import statements
from cypher.readme import FOLDERS, PAGE, readme

ROOT = Path(__file__).parents[2]
CODE = [file for folder in ("api", "gnn", "graph") for file in sorted((ROOT / folder).rglob("*.py"))]
STATEMENT_NAME = re.compile(rf"(?:{'|'.join(FOLDERS)})/[a-z0-9_]*[a-z0-9]")


def _names_asked_for() -> dict[str, str]:
    """Every text in the code that has the form of a statement's name, with the file that holds it."""
    return {
        node.value: file.relative_to(ROOT).as_posix()
        for file in CODE
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT_NAME.fullmatch(node.value)
    }


def _beginnings(name: str) -> list[str]:
    """Of ``analytics/snapshot_plan_policy``: ``analytics/snapshot_plan`` and ``analytics/snapshot``."""
    words = name.split("_")
    return ["_".join(words[:size]) for size in range(len(words) - 1, 0, -1)]


def test_the_page_of_statements_is_that_of_the_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == readme(), "run python scripts/write_pages.py"


def test_every_folder_of_statements_is_explained() -> None:
    assert {one.name.partition("/")[0] for one in statements()} <= FOLDERS.keys()


def test_code_asks_only_for_statements_that_exist() -> None:
    # when
    asked = _names_asked_for()

    # then
    assert {name: file for name, file in asked.items() if name not in {one.name for one in statements()}} == {}


def test_every_statement_of_the_machinery_is_used() -> None:
    # given: families such as analytics/snapshot_… are asked for by a name put together from its parts
    asked, texts = _names_asked_for(), [file.read_text(encoding="utf-8") for file in CODE]

    # when
    unused = [
        one.name
        for one in statements()
        if not one.name.startswith("explore/")
        and one.name not in asked
        and not any(f"{beginning}_" in text for beginning in _beginnings(one.name) for text in texts)
    ]

    # then
    assert unused == []
