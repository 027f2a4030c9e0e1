"""The pages beside Browser, made from statements: no server is needed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cypher import Statement, StatementError, parse
from graph.server.guide import by_audience, guide_page, samples, seed, with_samples, write_guide

SOURCE = """// Who & what? A note.
// for: analysts
// returns: a
// :param [{npi, most, limit}] => { RETURN '1' AS npi, 2.5 AS most, 25 AS limit }
MATCH (h:HCP {npi: $npi})
WHERE h.pageRank < $most
RETURN h.npi AS a
LIMIT toInteger($limit)
"""


@pytest.fixture
def asked() -> Statement:
    return parse("explore/who", SOURCE)


def test_samples_stand_where_the_parameters_were(asked: Statement) -> None:
    assert samples(asked) == {"npi": "'1'", "most": "2.5", "limit": "25"}
    assert with_samples(asked) == (
        "MATCH (h:HCP {npi: '1'})\nWHERE h.pageRank < 2.5\nRETURN h.npi AS a\nLIMIT toInteger(25)"
    )


@pytest.mark.parametrize("value", ["[1, 2]", "date('2025-01-01')", "'it\\'s'", "null"])
def test_a_sample_that_no_input_can_hold_is_refused(asked: Statement, value: str) -> None:
    # given
    line = f":param [{{npi}}] => {{ RETURN {value} AS npi }}"

    # then
    with pytest.raises(StatementError, match="give each of 'npi' a string or a number"):
        samples(replace(asked, parameters=("npi",), parameter_line=line))


def test_an_unknown_audience_is_refused(asked: Statement) -> None:
    with pytest.raises(StatementError, match="'for: cooks' is not one of field teams"):
        by_audience([replace(asked, audience="cooks")])


def test_the_guide_escapes_what_it_shows_and_ties_inputs_to_the_statement(asked: Statement) -> None:
    # when
    page = guide_page([asked], "http://127.0.0.1:7474/browser/")

    # then
    assert "<h4>Who &amp; what?</h4>" in page
    assert "<p>A note.</p>" in page
    assert 'WHERE h.pageRank &lt; <span value-key="who-most">2.5</span>' in page
    assert "{npi: '<span value-key=\"who-npi\">1</span>'}" in page
    assert '<input value-for="who-npi" value="1">' in page
    assert "$npi" not in page
    assert ":guide http://127.0.0.1:7474/browser/twin/guide.html" in page
    assert "script" not in page.replace("noscript", "")


def test_the_preparing_page_carries_a_favourite_in_its_folder_and_no_secret(asked: Statement) -> None:
    # when
    prepared = seed([asked], 7687)

    # then
    assert prepared["documents"] == [
        {"id": "twin-explore/who", "folder": "twin-analysts", "content": f"// Who & what?\n{with_samples(asked)}"}
    ]
    assert {"id": "twin-analysts", "name": "For analysts"} in prepared["folders"]
    assert prepared["open"] == "/browser/?dbms=bolt://neo4j@127.0.0.1:7687&db=neo4j"


def test_writing_twice_gives_the_same_files_for_the_same_ports(tmp_path: Path) -> None:
    # when
    write_guide(tmp_path / "one", 7474, 7687)
    write_guide(tmp_path / "two", 7474, 7687)
    write_guide(tmp_path / "two", 7474, 7687)

    # then
    first = {file.name: file.read_bytes() for file in (tmp_path / "one").iterdir()}
    assert first == {file.name: file.read_bytes() for file in (tmp_path / "two").iterdir()}
    assert set(first) == {"guide.html", "index.html", "seed.js", "seed.json"}
    assert json.loads(first["seed.json"])["settings"]["useReadTransactions"] is True
