"""The page `cypher/README.md`: every statement with its question, columns and parameters. Generated, committed."""

from itertools import groupby

from cypher import FOLDER, Statement, statements

PAGE = FOLDER / "README.md"
FOLDERS = {
    "explore": "Questions for analysts, ready for Neo4j Browser. They use only properties that a de-identified copy of "
    "the graph would carry. The [Browser guide](../docs/explore.md) is made from these files.",
    "read": "What the commands and the API read.",
    "refresh": "What a refresh writes and checks.",
    "analytics": "What analytics and the models read and write.",
    "schema": "What prepares an empty database.",
}
HEAD = """# Statements

Generated from the files of this folder by `python scripts/write_pages.py`; a test compares.

One statement per file. Its header says what it answers, which columns it returns, and sets parameters to samples that
work on the default sample world (`twin world`, seed 7). To run one in Neo4j Browser, paste the `:param` line without
its slashes and run it, then paste the statement. `LIMIT toInteger($limit)` because Browser makes 25.0 of 25.

Code loads a file by name: `cypher.statement("explore/hcp_peers").text`. Tests hold every file against the declaration
(`graph/schema`), explain it on a real Neo4j without a warning, and run it on a sample world.
"""


def readme() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for folder, found in groupby(statements(), key=lambda one: one.name.partition("/")[0]):
        parts.append(f"## {folder}\n\n{FOLDERS[folder]}\n")
        parts.append("| file | what it answers | parameters | returns |\n|---|---|---|---|")
        parts.extend(_row(one) for one in found)
        parts.append("")
    return "\n".join(parts)


def _row(one: Statement) -> str:
    name = one.name.partition("/")[2]
    asks = f" (for {one.audience})" if one.audience is not None else ""
    parameters = ", ".join(f"`{parameter}`" for parameter in one.parameters) or "none"
    returns = ", ".join(f"`{column}`" for column in one.returns) or "nothing"
    question = one.question.replace("|", "\\|")
    return f"| [{name}]({one.name}.cypher) | {question}{asks} | {parameters} | {returns} |"
