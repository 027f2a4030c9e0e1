"""The API in production with an identity provider: its tokens, its claims, its keys, its absence."""

from typing import Any

from starlette.testclient import TestClient

from api.app import build_app
from graph.settings import Settings
from tests.api import issuer, world
from tests.api.conftest import Api
from tests.api.issuer import AUDIENCE, ISSUER, claims, provider, signed
from tests.conftest import settings_for

OLD, NEW = issuer.rsa("2026-10", alg="RS256", use="sig"), issuer.rsa("2026-11", alg="RS256", use="sig")
HCP = "query ($npi: String!) { hcp(npi: $npi) { lastName } viewer { role } }"
GROUPS = {"realm_access": {"roles": ["offline_access", "field_rep"]}, "role": ...}


def production(api: Api, url: str) -> Settings:
    """Settings as in docs/identity.md, on the graph of the tests."""
    return settings_for(
        api.settings.home,
        NEO4J_URI=str(api.settings.neo4j_uri),
        NEO4J_PASSWORD=str(api.settings.neo4j_password),
        TWIN_PROFILE="production",
        TWIN_JWKS_URL=url,
        TWIN_JWT_ISSUER=ISSUER,
        TWIN_JWT_AUDIENCE=AUDIENCE,
        TWIN_JWT_ALGORITHMS="RS256",
        TWIN_CLAIM_ROLE="realm_access.roles",
    )


def asked(client: TestClient, token: str, number: int = 1) -> Any:
    return client.post(
        "/graphql",
        json={"query": HCP, "variables": {"npi": world.npi(number)}},
        headers={"authorization": f"Bearer {token}"},
    )


def test_a_provider_says_who_asks_and_the_policy_what_they_see(api: Api) -> None:
    with (
        provider(issuer.jwks(OLD, issuer.rsa("encrypt", use="enc", alg="RSA-OAEP"))) as found,
        TestClient(build_app(production(api, found.url))) as client,
    ):
        # given a token with the provider's claims, and one used by an agent
        person = signed(OLD, "RS256", claims(**GROUPS))
        agent = signed(OLD, "RS256", claims(**GROUPS, act={"sub": "assistant-7"}))
        # then its role sees its own territory, and no other
        assert asked(client, person).json()["data"] == {
            "hcp": {"lastName": "Name01"},
            "viewer": {"role": "field_rep"},
        }
        assert asked(client, person, 7).json()["data"]["hcp"] is None
        assert asked(client, agent).status_code == 200
        # and what else the provider signs is refused: the id token of a web page, the usual name of the claim
        for other in (claims(**GROUPS, aud="web-page", nonce="n"), claims()):
            assert asked(client, signed(OLD, "RS256", other)).status_code == 401
        # when the provider goes on to another key, and then away
        found.content = issuer.jwks(OLD, NEW)
        client.app.state.tokens._source._tried_at -= 31  # type: ignore[attr-defined]
        assert asked(client, signed(NEW, "RS256", claims(**GROUPS))).status_code == 200
        found.answer = found.with_status("500 Internal Server Error")
        # then both keys go on, and an unknown one is refused
        assert [asked(client, signed(key, "RS256", claims(**GROUPS))).status_code for key in (OLD, NEW)] == [200, 200]
        assert asked(client, signed(issuer.rsa("2026-12"), "RS256", claims(**GROUPS))).status_code == 401


def test_without_keys_nobody_is_judged(api: Api) -> None:
    with provider(b"") as found, TestClient(build_app(production(api, found.url))) as client:
        for token in (signed(OLD, "RS256", claims(**GROUPS)), "a.b.c"):
            answer = asked(client, token)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        # a request without any token is still told that it needs one
        assert client.post("/graphql", json={"query": "{ viewer { role } }"}).status_code == 401
        # and the process says that it lives, and that the graph answers
        assert client.get("/livez").status_code == 200
