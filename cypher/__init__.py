"""Statements that people can read and paste: one per file, with its question, columns and parameters.

A file starts with ``//`` comments: the question it answers, ``returns: a, b`` and, when it takes parameters, one line
``:param [{a, b}] => { RETURN … AS a, … AS b }`` that works on the sample world.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent
PARAMETER_LINE = re.compile(r"^:param \[\{(?P<names>[^}]*)\}\] => \{ RETURN (?P<values>.*) \}$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One file: ``text`` is the Cypher without comments, ``parameter_line`` is ready for Neo4j Browser."""

    name: str
    text: str
    question: str
    returns: tuple[str, ...]
    parameters: tuple[str, ...]
    parameter_line: str | None


@cache
def statement(name: str) -> Statement:
    """Load ``<name>.cypher``; raise `FileNotFoundError` or `ValueError` naming the file."""
    lines = (ROOT / f"{name}.cypher").read_text(encoding="utf-8").splitlines()
    comments = [line.removeprefix("//").strip() for line in lines if line.startswith("//")]
    body = "\n".join(line for line in lines if not line.startswith("//")).strip().removesuffix(";")
    question = next((line for line in comments if line and not line.startswith((":param", "returns:"))), None)
    if question is None:
        raise ValueError(f"cypher/{name}.cypher: the first comment has to say which question it answers")
    returns = next((line.removeprefix("returns:") for line in comments if line.startswith("returns:")), "")
    line = next((line for line in comments if line.startswith(":param")), None)
    names: tuple[str, ...] = ()
    if line is not None:
        match = PARAMETER_LINE.match(line)
        if match is None:
            raise ValueError(f"cypher/{name}.cypher: {line!r} is not of the form ':param [{{a}}] => {{ RETURN … }}'")
        names = _names(match["names"])
    return Statement(name, body, question, _names(returns), names, line)


def statements(folder: str) -> list[Statement]:
    """All statements below a folder of `cypher/`, by name."""
    files = sorted((ROOT / folder).rglob("*.cypher"))
    return [statement(file.relative_to(ROOT).with_suffix("").as_posix()) for file in files]


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
