"""Every statement file: its header, and its names against the declaration. No database is needed."""

import re

import pytest

from cypher import FOLDER, Statement, StatementError, parse, statement, statements
from graph.schema.catalogue import NODES
from graph.schema.reading import usage_of
from graph.schema.tokens import tokens
from graph.server.guide import AUDIENCES, samples

ALL = statements()
EXPLORE = statements("explore")
KEYWORDS = re.compile(
    "match|optional|where|return|with|unwind|create|merge|set|remove|delete|detach|order|limit|skip|union|call|yield|"
    "distinct|and|or|xor|not|in|as|is|case|when|then|else|end|desc|asc"
)


def _names(found: list[Statement]) -> list[str]:
    return [one.name for one in found]


def test_every_file_of_the_package_is_a_statement() -> None:
    assert len(ALL) == len(list(FOLDER.rglob("*.cypher")))


@pytest.mark.parametrize("one", ALL, ids=_names(ALL))
def test_parameters_of_the_text_are_those_of_the_header(one: Statement) -> None:
    assert usage_of(one.text).parameters == set(one.parameters)


@pytest.mark.parametrize("one", ALL, ids=_names(ALL))
def test_the_declaration_knows_every_name(one: Statement) -> None:
    assert usage_of(one.text).complaints() == []


@pytest.mark.parametrize("one", ALL, ids=_names(ALL))
def test_properties_kept_from_analysts_are_those_that_the_header_admits(one: Statement) -> None:
    # given
    used = usage_of(one.text)

    # then: a header may admit more, such as logged values that can be anything, but nothing that is not used
    assert set(used.withheld()) <= set(one.sensitive)
    assert {name.partition(".")[2] for name in one.sensitive} <= {name for _, name in used.properties()}


@pytest.mark.parametrize("one", ALL, ids=_names(ALL))
def test_a_file_holds_one_statement_with_keywords_in_capitals(one: Statement) -> None:
    # given
    found = tokens(one.text)

    # when
    small = [
        token.text
        for before, token in zip([None, *found], found, strict=False)
        if token.kind == "name"
        and not token.quoted
        and KEYWORDS.fullmatch(token.text) is not None
        and not (before is not None and before.is_mark(".", "{", ","))
    ]

    # then
    assert small == []
    assert not any(token.is_mark(";") for token in found)


@pytest.mark.parametrize("one", EXPLORE, ids=_names(EXPLORE))
def test_a_question_for_analysts_is_bounded_named_and_free_of_withheld_properties(one: Statement) -> None:
    assert one.question.endswith((".", "?"))
    assert one.title.endswith("?")
    assert one.audience in AUDIENCES
    assert one.text.endswith("LIMIT toInteger($limit)")
    assert one.sensitive == ()
    assert tuple(samples(one)) == one.parameters
    columns = re.split(r"^RETURN\b", one.text, flags=re.MULTILINE)[-1]
    assert [name for name in one.returns if f" AS {name}" not in columns] == []


def test_the_history_of_a_person_leaves_out_what_analysts_may_not_have() -> None:
    # given: embeddings are written by analytics and never logged
    withheld = {name for name, prop in NODES["HCP"].props.items() if not prop.replica} - {"embedding"}

    # then
    assert withheld == {"lastName", "firstName"}
    assert "NOT coalesce(change.property, '') IN ['lastName', 'firstName']" in statement("explore/hcp_changes").text


def test_there_is_enough_to_ask_and_some_of_it_draws() -> None:
    assert len(EXPLORE) >= 12
    assert sum(one.draws for one in EXPLORE) >= 3
    assert {one.audience for one in EXPLORE} == set(AUDIENCES)


GOOD = """// Who is it?
// More about it.
// for: analysts
// returns: a, b
// sensitive: HCP.lastName
// :param [{x, limit}] => { RETURN '1' AS x, 25 AS limit }
MATCH (n)
RETURN n AS a, 1 AS b // why
LIMIT toInteger($limit);
"""


def test_a_header_is_taken_apart() -> None:
    # when
    one = parse("explore/it", GOOD)

    # then
    assert one == Statement(
        name="explore/it",
        text="MATCH (n)\nRETURN n AS a, 1 AS b // why\nLIMIT toInteger($limit)",
        question="Who is it? More about it.",
        returns=("a", "b"),
        parameters=("x", "limit"),
        parameter_line=":param [{x, limit}] => { RETURN '1' AS x, 25 AS limit }",
        sensitive=("HCP.lastName",),
        audience="analysts",
    )
    assert one.title == "Who is it?"
    assert one.sample == "RETURN '1' AS x, 25 AS limit"
    assert samples(one) == {"x": "'1'", "limit": "25"}


BAD = {
    "no question": (GOOD.replace("// Who is it?\n// More about it.\n", ""), "needs a question"),
    "no statement": (GOOD.split("MATCH")[0], "needs a question in its header and a statement"),
    "no columns": (GOOD.replace("// returns: a, b\n", ""), "lacks 'returns: column"),
    "columns without commas": (GOOD.replace("a, b\n", "a b\n"), "'a b' is not one line of names and commas"),
    "a second line of columns": (GOOD.replace("// for", "// returns: c\n// for"), "is not one line of names"),
    "another form of parameters": (
        GOOD.replace(":param [{x, limit}] => { RETURN '1' AS x, 25 AS limit }", ":param {x: 1}"),
        "':param {x: 1}' is not the one line",
    ),
}


@pytest.mark.parametrize(("source", "complaint"), BAD.values(), ids=BAD.keys())
def test_a_header_in_another_form_is_refused(source: str, complaint: str) -> None:
    with pytest.raises(StatementError, match=re.escape(complaint)):
        parse("explore/it", source)


@pytest.mark.parametrize("name", ["read", "read/../secret", "read/Nobody", "read/nobody"])
def test_only_files_of_the_package_are_read(name: str) -> None:
    with pytest.raises(StatementError, match=re.escape(repr(name))):
        statement(name)
