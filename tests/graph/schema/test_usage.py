"""Names in a Cypher text are found and held against the declaration."""

import pytest

from graph.schema.core import SchemaError
from graph.schema.reading import usage_of
from graph.schema.tokens import Token, tokens


def test_tokens_leave_out_comments_and_take_names_out_of_backticks() -> None:
    # given
    text = "MATCH (n) // (:Ghost)\nWHERE n.`from` = $p /* x */ RETURN 'it\\'s :Not', 1.5"

    # when
    found = tokens(text)

    # then
    assert [token.text for token in found] == [
        *("MATCH", "(", "n", ")", "WHERE", "n", ".", "from", "=", "p", "RETURN", "it\\'s :Not", ",", "1.5")
    ]
    assert found[7] == Token("name", "from", quoted=True)
    assert found[9] == Token("parameter", "p")


def test_an_open_string_is_refused() -> None:
    with pytest.raises(SchemaError, match='no Cypher token begins at "\'open"'):
        tokens("RETURN 'open")


CLEAN = {
    "chain": "MATCH (h:HCP {npi: $npi})-[s:SHARES_PATIENTS*1..2]->(:HCP)-[:IN_TERRITORY]->(t:Territory) RETURN h.npi",
    "alternatives": "MATCH (a:HCP|Account)-[r:OF|FOR {}]-() RETURN a.npi, a:Account",
    "names that a map made": "UNWIND [1] AS n WITH {height: n} AS made RETURN made.height AS height",
    "parts of a date": "MATCH (c:Change) RETURN duration.inDays(c.validAt, c.knownAt).days, c.knownAt.year",
    "functions with dots": "CALL gds.version() YIELD gdsVersion RETURN date.truncate('month', date()) AS m, gdsVersion",
    "projection": "MATCH (h:HCP) RETURN h {.npi, .*, label: 1, plans: [(h)<-[:ABOUT]-(p:Prediction) | p {.value}]}",
    "rows of a parameter": "UNWIND $rows AS row MATCH (h:HCP {id: row.whatever}) SET h += row.properties RETURN h.id",
    "label of a parameter": "UNWIND $rows AS row CREATE (made:$($label)) SET made = row",
    "subqueries": "MATCH (h:HCP) WHERE EXISTS { (h)-[:IN_TERRITORY]->(:Territory {level: 'x'}) } "
    "CALL (h) { RETURN 1 AS o } RETURN COUNT { (h)--() } AS c, o",
    "quoted": "MATCH (:HCP)-[a:IN_TERRITORY]->() RETURN a.`from`, a.to",
    "a constraint": "CREATE CONSTRAINT x IF NOT EXISTS FOR (n:HCP) REQUIRE n.id IS UNIQUE",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_declared_names_pass(text: str) -> None:
    assert usage_of(text).complaints() == []


WRONG = {
    "label": ("MATCH (:Docter) RETURN 1", "label 'Docter' is not declared"),
    "second label": ("MATCH (n:HCP:Docter) RETURN 1", "label 'Docter' is not declared"),
    "label in a condition": ("MATCH (n:HCP) WHERE n:Docter RETURN 1", "label 'Docter' is not declared"),
    "type": ("MATCH ()-[:KNOWS]->() RETURN 1", "relationship 'KNOWS' is not declared"),
    "second type": ("MATCH ()-[r:OF|KNOWS]->() RETURN 1", "relationship 'KNOWS' is not declared"),
    "property of a node": ("MATCH (n:HCP) RETURN n.tier", "property HCP.tier is not declared"),
    "property in a pattern": ("MATCH (n:HCP {tier: 1}) RETURN 1", "property HCP.tier is not declared"),
    "property without a name": ("MATCH (:HCP {tier: 1}) RETURN 1", "property HCP.tier is not declared"),
    "property of a relationship": ("MATCH ()-[r:OF]->() RETURN r.year", "property OF.year is not declared"),
    "property in a type's pattern": ("MATCH ()-[:OF {year: 1}]->() RETURN 1", "property OF.year is not declared"),
    "property in a projection": ("MATCH (n:HCP) RETURN n {.tier}", "property HCP.tier is not declared"),
    "property that is set": ("MATCH (n:HCP) SET n += {tier: 1}", "property HCP.tier is not declared"),
    "property of somebody": ("MATCH (n:HCP) WITH n AS m RETURN m.teer", "property ?.teer is not declared"),
}


@pytest.mark.parametrize(("text", "complaint"), WRONG.values(), ids=WRONG.keys())
def test_an_undeclared_name_is_named(text: str, complaint: str) -> None:
    assert usage_of(text).complaints() == [complaint]


def test_parameters_are_found_wherever_they_stand() -> None:
    assert usage_of("MATCH (h:HCP {npi: $npi}) RETURN h.city + $`b` LIMIT toInteger($limit)").parameters == {
        "npi",
        "b",
        "limit",
    }


def test_properties_that_a_copy_for_analysts_would_lack_are_named() -> None:
    # given
    text = "MATCH (h:HCP)<-[:WRITTEN_BY]-(s:TherapyStart) WITH s AS start, h RETURN h.lastName, h.npi, start.paidOn"

    # when
    withheld = usage_of(text).withheld()

    # then
    assert withheld == ["HCP.lastName", "TherapyStart.paidOn"]
