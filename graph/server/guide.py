"""Our pages beside Neo4j Browser: a guide made from `cypher/explore`, and a page that prepares Browser.

The guide opens by itself after login (``browser.post_connect_cmd``). Every question comes with inputs for
its parameters and a statement that needs no other step: sample values stand where the file has parameters.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from cypher import Statement, StatementError, statements

PAGES = Path(__file__).with_name("pages")
HOST = "127.0.0.1"
FOLDER = "explore"
AUDIENCES = ("field teams", "market access", "brand teams", "account and medical teams", "analysts")
"""Those who ask, in the order of the guide; the header of each statement names one."""

_VALUE = r"'[^'\\]*'|-?\d+(?:\.\d+)?"
_SAMPLE = re.compile(rf"(?P<value>{_VALUE}) AS (?P<name>\w+)")
_SAMPLES = re.compile(rf"RETURN (?:{_VALUE}) AS \w+(?:, (?:{_VALUE}) AS \w+)*")
_PARAMETER = re.compile(r"\$(\w+)")


def write_guide(target: Path, http_port: int, bolt_port: int) -> None:
    """Write the guide and the page that prepares Browser into ``target``, for a server on these ports.

    Raise `StatementError` when a header of `cypher/explore` names an unknown audience, or a sample that is
    neither a string nor a number.
    """
    questions = statements(FOLDER)
    target.mkdir(parents=True, exist_ok=True)
    address = f"http://{HOST}:{http_port}/browser/"
    for page in ("index.html", "seed.js"):
        shutil.copyfile(PAGES / page, target / page)
    (target / "guide.html").write_text(guide_page(questions, address), encoding="utf-8")
    (target / "seed.json").write_text(json.dumps(seed(questions, bolt_port), indent=1), encoding="utf-8")


def guide_page(questions: list[Statement], address: str) -> str:
    """The guide as HTML: one page of contents, then one page for each audience."""
    audiences = by_audience(questions)
    contents = "".join(
        f"<h5>For {escape(audience)}</h5><ul>{''.join(f'<li>{escape(one.title)}</li>' for one in asked)}</ul>"
        for audience, asked in audiences.items()
    )
    slides = "".join(
        f'<slide class="row-fluid"><div class="col-sm-12"><h3>For {escape(audience)}</h3>'
        f"{''.join(_question(one) for one in asked)}</div></slide>"
        for audience, asked in audiences.items()
    )
    return Template((PAGES / "guide.html").read_text(encoding="utf-8")).substitute(
        contents=contents,
        slides=slides,
        guide_page=f"{address}twin/guide.html",
        seed_page=f"{address}twin/index.html",
    )


def by_audience(questions: list[Statement]) -> dict[str, list[Statement]]:
    """The questions of each audience; raise `StatementError` when a statement names an unknown one."""
    grouped: dict[str, list[Statement]] = {audience: [] for audience in AUDIENCES}
    for question in questions:
        if question.audience not in grouped:
            raise StatementError(
                f"statement {question.name!r}: 'for: {question.audience}' is not one of {', '.join(AUDIENCES)}"
            )
        grouped[question.audience].append(question)
    return grouped


def seed(questions: list[Statement], bolt_port: int) -> dict[str, Any]:
    """What the preparing page puts into Browser: settings, styles, favourites, and the address to open."""
    prepared: dict[str, Any] = json.loads((PAGES / "seed.json").read_text(encoding="utf-8"))
    folders = {audience: f"twin-{audience.replace(' ', '-')}" for audience in by_audience(questions)}
    return prepared | {
        "folders": [{"id": key, "name": f"For {audience}"} for audience, key in folders.items()],
        "documents": [
            {
                "id": f"twin-{one.name}",
                "folder": folders[audience],
                "content": f"// {one.title}\n{with_samples(one)}",
            }
            for audience, asked in by_audience(questions).items()
            for one in asked
        ],
        "open": f"/browser/?dbms=bolt://neo4j@{HOST}:{bolt_port}&db=neo4j",
    }


def samples(statement: Statement) -> dict[str, str]:
    """The sample literal of each parameter, as Cypher: ``{'npi': "'1999…'", 'limit': '25'}``."""
    text = statement.sample if statement.sample is not None and _SAMPLES.fullmatch(statement.sample) else ""
    found = {match["name"]: match["value"] for match in _SAMPLE.finditer(text)}
    if tuple(found) != statement.parameters:
        raise StatementError(
            f"statement {statement.name!r}: samples {found!r} do not give each of "
            f"{', '.join(statement.parameters)!r} a string or a number"
        )
    return found


def with_samples(statement: Statement, show: Callable[[str, str], str] = lambda _name, value: value) -> str:
    """The statement with sample literals in place of its parameters, each passed through ``show``."""
    literals = samples(statement)
    return _PARAMETER.sub(lambda match: show(match[1], literals[match[1]]), statement.text)


def _question(statement: Statement) -> str:
    """A question with inputs that edit its statement while one types."""

    def key(name: str) -> str:
        return f"{statement.name.rpartition('/')[2]}-{name}"

    def editable(name: str, value: str) -> str:
        quote = "'" if value.startswith("'") else ""
        return f'{quote}<span value-key="{key(name)}">{value.strip(quote or None)}</span>{quote}'

    inputs = " ".join(
        f'<label style="white-space: nowrap">{name} '
        f'<input value-for="{key(name)}" value="{value.strip(chr(39))}"></label>'
        for name, value in samples(statement).items()
    )
    shown = replace(statement, text=escape(statement.text, quote=False))
    page = Template((PAGES / "question.html").read_text(encoding="utf-8"))
    return page.substitute(
        title=escape(statement.title),
        note=escape(statement.question.removeprefix(statement.title).strip()),
        inputs=inputs,
        statement=with_samples(shown, editable),
    )
