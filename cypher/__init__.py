"""Statements that people can read and paste, and the loader that gives them to the code.

A file holds one statement below a header of ``//`` comments: what it answers or does, then
``returns:`` with its columns (``returns: nothing`` for a write), then, when it has parameters, one
``:param`` line that sets them to samples. ``sensitive:`` lists the properties it reads or writes that
a de-identified copy of the graph would not carry; most files have none and leave the line out.
``for:`` names the people who ask the question; files of ``explore/`` have it.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

_NAME = re.compile(r"[a-z]+(?:/[a-z0-9_]+)+")
_PARAM = re.compile(r":param \[\{(?P<names>[^}]*)\}\] => \{ RETURN (?P<values>.+) \}")
_COLUMNS = re.compile(r"[A-Za-z]\w*(?:, [A-Za-z]\w*)*")
_WORDS = re.compile(r"[a-z]+(?: [a-z]+)*")
_KEYWORDS = ("returns:", ":param", "sensitive:", "for:")
_PROPERTIES = re.compile(r"[A-Za-z]+\.[a-z]\w*(?:, [A-Za-z]+\.[a-z]\w*)*")


class StatementError(ValueError):
    """A statement file is missing or its header does not have the agreed form."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement file.

    ``name`` is its path below ``cypher/`` without the suffix. ``text`` is what the driver runs: no header,
    no closing semicolon. ``parameter_line`` is ready for Neo4j Browser, None without parameters.
    """

    name: str
    text: str
    question: str
    returns: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    parameter_line: str | None = None
    sensitive: tuple[str, ...] = ()
    audience: str | None = None

    @property
    def title(self) -> str:
        """The first sentence of the question."""
        return re.split(r"(?<=[?.]) ", self.question, maxsplit=1)[0]

    @property
    def sample(self) -> str | None:
        """A Cypher text that returns one row: the sample parameters."""
        match = None if self.parameter_line is None else _PARAM.fullmatch(self.parameter_line)
        return None if match is None else f"RETURN {match['values']}"

    @property
    def draws(self) -> bool:
        """True when the result is paths, which Browser shows as a picture."""
        return "path" in self.returns


@cache
def statement(name: str) -> Statement:
    """The statement of ``cypher/<name>.cypher``; raise `StatementError` naming the file."""
    if _NAME.fullmatch(name) is None:
        raise StatementError(f"statement {name!r}: write folder/file in lower case, without the suffix")
    try:
        source = (FOLDER / f"{name}.cypher").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StatementError(f"statement {name!r}: there is no such file in cypher/") from None
    return parse(name, source)


def statements(folder: str = "") -> list[Statement]:
    """All statements, or those of one folder such as ``explore``, by name."""
    files = sorted((FOLDER / folder).rglob("*.cypher"))
    return [statement(file.relative_to(FOLDER).with_suffix("").as_posix()) for file in files]


def parse(name: str, source: str) -> Statement:
    """Read the text of a file; raise `StatementError` when its header lacks something."""
    lines = source.splitlines()
    size = next((index for index, line in enumerate(lines) if not line.startswith("//")), len(lines))
    header = [line.removeprefix("//").strip() for line in lines[:size]]
    text = "\n".join(lines[size:]).strip().removesuffix(";").rstrip()
    question = " ".join(line for line in header if line and not line.startswith(_KEYWORDS))
    if not question or not text:
        raise StatementError(f"statement {name!r}: it needs a question in its header and a statement below")
    returns = _line(name, header, "returns:", _COLUMNS)
    if returns is None:
        raise StatementError(f"statement {name!r}: the header lacks 'returns: column, …' or 'returns: nothing'")
    parameters, parameter_line = _parameters(name, header)
    return Statement(
        name=name,
        text=text,
        question=question,
        returns=() if returns == ("nothing",) else returns,
        parameters=parameters,
        parameter_line=parameter_line,
        sensitive=_line(name, header, "sensitive:", _PROPERTIES) or (),
        audience=", ".join(_line(name, header, "for:", _WORDS) or ()) or None,
    )


def _line(name: str, header: list[str], start: str, form: re.Pattern[str]) -> tuple[str, ...] | None:
    """The comma-separated entries of the one header line that begins with ``start``; None without it."""
    found = [line.removeprefix(start).strip() for line in header if line.startswith(start)]
    if not found:
        return None
    if len(found) > 1 or form.fullmatch(found[0]) is None:
        raise StatementError(f"statement {name!r}: {start!r} {found[0]!r} is not one line of names and commas")
    return tuple(found[0].split(", "))


def _parameters(name: str, header: list[str]) -> tuple[tuple[str, ...], str | None]:
    found = [line for line in header if line.startswith(":param")]
    if not found:
        return (), None
    match = _PARAM.fullmatch(found[0])
    if len(found) > 1 or match is None:
        raise StatementError(
            f"statement {name!r}: {found[0]!r} is not the one line ':param [{{a, b}}] => {{ RETURN 1 AS a, 2 AS b }}'"
        )
    return tuple(match["names"].split(", ")), found[0]
