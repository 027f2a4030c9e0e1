"""Persisted documents: manifests, digests, the trusted mode, and that a hit costs no parsing."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import warmup
from api.app import build_app
from api.documents import Documents, Work, digest_of
from api.errors import NotPersisted
from api.permissions import PermissionSet
from api.persisted import read_manifest
from api.traffic import Traffic
from api.warmup import warm_up
from graph.errors import ConfigurationError
from graph.governance import load_policy
from tests.api.conftest import Api, Asker

SEARCH = """query Search($state: String!, $first: Int) {
  hcps(where: {state: {eq: $state}}, first: $first) { totalCount }
}"""
FOR_REPS = 'query ForReps { hcp(npi: "1999900001") { prescriptions(product: "OWN-1") { trx } } }'
MANIFEST = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": digest_of(SEARCH), "name": "Search", "type": "query", "body": SEARCH},
        {"id": "for-reps", "name": "ForReps", "type": "query", "body": FOR_REPS},
    ],
}
NOT_FOUND = ["PersistedQueryNotFound"]
Server = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture
def server(api: Api, tmp_path: Path) -> Server:
    """Makes a server with the manifest, and with trusted documents alone when asked."""
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(MANIFEST), encoding="utf-8")

    def make(*, trusted_only: bool = False) -> AbstractContextManager[TestClient]:
        requests = replace(api.settings.requests, documents_file=file, trusted_only=trusted_only)
        return TestClient(build_app(replace(api.settings, requests=requests)))

    return make


def ask(client: TestClient, asker: Asker, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.post(
        "/graphql", json=body, headers={"authorization": f"Bearer {asker.token}"}
    ).json()
    return found


def apq(digest: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest}}


def messages(answer: dict[str, Any]) -> list[str]:
    assert "data" not in answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"PERSISTED_QUERY_NOT_FOUND"}
    return [error["message"] for error in answer["errors"]]


def test_a_document_is_asked_for_by_its_digest_in_both_ways(server: Server, rep: Asker) -> None:
    digest, variables = digest_of(SEARCH), {"state": "OH"}
    with server() as client:
        for named in ({"documentId": f"sha256:{digest}"}, {"extensions": apq(digest)}):
            assert ask(client, rep, **named, variables=variables) == {"data": {"hcps": {"totalCount": 6}}}


def test_a_hit_parses_validates_and_compiles_nothing(
    server: Server, api: Api, rep: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warmup, "questions", tuple)  # the questions beside the manifest have tests of their own
    digest = f"sha256:{digest_of(SEARCH)}"
    with server() as client:
        # given a server that has warmed itself
        operations = client.app.state.operations  # type: ignore[attr-defined]
        assert client.portal is not None
        client.portal.call(warm_up, operations, load_policy(), Traffic())
        before = replace(operations.documents.work)
        # when the document is asked for as both roles, with and without what it does not require
        for asker in (rep, api.as_("market_access")):
            for variables in ({"state": "OH"}, {"state": "TX", "first": 3}):
                assert "errors" not in ask(client, asker, documentId=digest, variables=variables)
        # then the server has done no work that it had not done before
        assert operations.documents.work == before
        assert before.parsed > 0


def test_a_document_of_one_role_says_nothing_to_another(server: Server, api: Api, rep: Asker) -> None:
    digest = f"sha256:{digest_of(FOR_REPS)}"
    with server() as client:
        assert "data" in ask(client, rep, documentId=digest)
        others = ask(client, api.as_("market_access"), documentId=digest)
        unknown = ask(client, api.as_("market_access"), documentId=f"sha256:{'0' * 64}")
    for answer in (others, unknown):
        assert answer["errors"][0]["extensions"].pop("requestId")
    assert others == unknown
    assert messages(others) == NOT_FOUND


def test_the_trusted_mode_refuses_everything_else(server: Server, rep: Asker) -> None:
    with server(trusted_only=True) as client:
        assert messages(ask(client, rep, query="{ __typename }")) == NOT_FOUND
        assert messages(ask(client, rep, query="{ not a document")) == NOT_FOUND
        assert messages(ask(client, rep, query=SEARCH + " ", variables={"state": "OH"})) == NOT_FOUND
        assert messages(ask(client, rep, extensions=apq("0" * 64))) == NOT_FOUND
        registering = ask(client, rep, query="{ __typename }", extensions=apq(digest_of("{ __typename }")))
        assert messages(registering) == NOT_FOUND
        # and a document of the manifest is answered, also when it is sent as text
        assert ask(client, rep, query=SEARCH, variables={"state": "OH"}) == {"data": {"hcps": {"totalCount": 6}}}


def test_a_client_registers_a_document_for_its_own_role(api: Api, rep: Asker) -> None:
    # given a document that nobody has sent, asked for by digest
    text = "{ viewer { role } } # of its own"
    named = {"extensions": apq(digest_of(text))}
    assert messages(ask(api.client, rep, **named)) == NOT_FOUND
    # when it is sent once with its text
    assert ask(api.client, rep, query=text, **named) == {"data": {"viewer": {"role": "field_rep"}}}
    # then the digest alone does for the client, for no other role, and for no colleague of the same role
    assert ask(api.client, rep, **named) == {"data": {"viewer": {"role": "field_rep"}}}
    assert messages(ask(api.client, api.as_("market_access"), **named)) == NOT_FOUND
    colleague = api.as_("field_rep", "T-1", subject="colleague")
    assert messages(ask(api.client, colleague, **named)) == NOT_FOUND
    # and what was compiled for the client serves the colleague who sends the text
    work = api.client.app.state.operations.documents.work  # type: ignore[attr-defined]
    before = replace(work)
    assert ask(api.client, colleague, query=text, **named) == {"data": {"viewer": {"role": "field_rep"}}}
    assert ask(api.client, colleague, **named) == {"data": {"viewer": {"role": "field_rep"}}}
    assert work == before


def test_a_refused_document_is_not_registered(api: Api, rep: Asker) -> None:
    text = "{ nothingOfTheKind }"
    assert "errors" in ask(api.client, rep, query=text)
    assert messages(ask(api.client, rep, extensions=apq(digest_of(text)))) == NOT_FOUND


def test_persisted_documents_are_never_pushed_out() -> None:
    # given a memory for two documents, and one that is persisted
    permissions = PermissionSet(load_policy(), "field_rep", "field_engagement")
    documents = Documents(2, kept={digest_of(SEARCH): SEARCH})
    documents.accept(permissions, SEARCH)
    # when others come by
    for number in range(5):
        documents.accept(permissions, f"{{ a{number}: __typename }}")
    # then it is still known, and the first of the others is not
    assert documents.work == Work(parsed=6, validated=6)
    documents.persisted(permissions, digest_of(SEARCH))
    assert documents.work == Work(parsed=6, validated=6)
    with pytest.raises(NotPersisted):
        documents.persisted(permissions, digest_of("{ a0: __typename }"))


def test_manifests_of_both_compilers_are_read(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    for content in (MANIFEST, {"0b3cf6a5c7d1": SEARCH, digest_of(FOR_REPS): FOR_REPS}):
        file.write_text(json.dumps(content), encoding="utf-8")
        assert read_manifest(file) == {digest_of(SEARCH): SEARCH, digest_of(FOR_REPS): FOR_REPS}


WRONG: list[tuple[str, str]] = [
    ("{", "cannot be read"),
    ("[]", "is no manifest"),
    ("{}", "has 0 documents"),
    ('{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}', "is no manifest"),
    ('{"a": 1}', "entry 'a' has no text"),
    ('{"' + "0" * 64 + '": "{ __typename }"}', "is not the SHA-256 of its text"),
    ('{"a": "' + "#" * 15_361 + '"}', "entry 'a' has more than 15360 bytes"),
]


@pytest.mark.parametrize(("content", "message"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_manifest_is_refused_at_start(api: Api, tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(content, encoding="utf-8")
    requests = replace(api.settings.requests, documents_file=file)
    with pytest.raises(ConfigurationError, match=message):
        build_app(replace(api.settings, requests=requests))
