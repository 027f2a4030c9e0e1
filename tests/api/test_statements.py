"""What reaches Neo4j: statements of the compiler or of `cypher/`, one for each operation, with no word of a request."""

from typing import Any

import neo4j
import pytest

from api import documents
from api.compiler.plan import Plan
from cypher import FOLDER, statement
from tests.api import world
from tests.api.conftest import Api

FILES = {statement(str(file.relative_to(FOLDER).with_suffix(""))).text for file in sorted(FOLDER.glob("*/*.cypher"))}
# Words that a request may bring, in every place in which it may bring one.
HOSTILE = "zq`}) DETACH DELETE n //"
QUERY = """query Zqname($zqtext: String!, $zqid: ID!, $zqwhere: HcpWhere, $zqsort: [HcpSort!], $zqafter: String) {
  zqpage: hcps(where: $zqwhere, sort: $zqsort, first: 3, after: $zqafter) { zqcount: totalCount
    zqedges: edges { zqcursor: cursor zqnode: node { zqname: lastName
      zqcalls: interactions(first: 2) { zqday: occurredOn }
      prescriptions(product: "zq' OR 1=1", since: "2026-01-01") { trx } } } pageInfo { endCursor } }
  zqliteral: hcps(where: {OR: [{lastName: {contains: "zq`}) //"}}, {npi: {in: ["zq\\\\u0027"]}}]}) { totalCount }
  zqfound: search(text: $zqtext) { ...Zqfragment }
  zqone: plan(id: $zqid) { zqplan: name }
  viewer { subject }
}
fragment Zqfragment on Node { zqid: id }"""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are given to the driver, in their order."""
    texts: list[str] = []

    def watched(run: Any) -> Any:
        async def wrapped(self: Any, query: Any, *arguments: Any, **more: Any) -> Any:
            texts.append(query.text if isinstance(query, neo4j.Query) else query)
            return await run(self, query, *arguments, **more)

        return wrapped

    monkeypatch.setattr(neo4j.AsyncSession, "run", watched(neo4j.AsyncSession.run))
    monkeypatch.setattr(neo4j.AsyncTransaction, "run", watched(neo4j.AsyncTransaction.run))
    return texts


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the compiler makes."""
    texts: list[str] = []
    original = documents.compile_operation

    def watched(*arguments: Any) -> Plan:
        plan = original(*arguments)
        texts.append(str(plan.text))
        return plan

    monkeypatch.setattr(documents, "compile_operation", watched)
    return texts


def test_an_operation_is_one_statement_of_the_compiler(api: Api, sent: list[str], compiled: list[str]) -> None:
    # given a request with hostile words wherever a request may have words
    rep = api.as_("field_rep", HOSTILE, "T-1", subject=HOSTILE)
    variables = {
        "zqtext": "zq zqother",
        "zqid": HOSTILE,
        "zqwhere": {"OR": [{"lastName": {"startsWith": HOSTILE}}, {"state": {"eq": "OH"}}]},
        "zqsort": [{"lastName": "DESC"}],
    }
    # when it is asked, and once more for its next page
    page = rep.ask(QUERY, **variables)["data"]["zqpage"]
    assert page["zqcount"] == 6
    rep.ask(QUERY, **variables, zqafter=page["pageInfo"]["endCursor"])
    # then each is one statement, made by the compiler
    assert len(sent) == 2
    assert sent == compiled
    # and holds no word of the request
    assert [text for text in sent if "zq" in text.lower() or "DELETE" in text or world.npi(1) in text] == []


@pytest.mark.parametrize("path", ["/readyz", "/livez"])
def test_health_asks_with_a_file_of_cypher(api: Api, sent: list[str], path: str) -> None:
    api.client.get(path)
    assert set(sent) <= FILES


def test_what_cannot_be_compiled_sends_nothing(api: Api, sent: list[str]) -> None:
    rep = api.as_("field_rep", "T-1")
    for document in ("{ hcps { edges { node { zq } } } }", "{", "mutation { hcps { totalCount } }", "{ __typename "):
        assert "errors" in rep.ask(document)
    assert sent == []
