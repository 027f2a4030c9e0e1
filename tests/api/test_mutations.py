"""Each row rule earns its place: taken out of the policy, its attack succeeds."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.app import build_app
from graph.governance import Policy, load_policy
from graph.governance.policy import Form, Grant
from tests.api import world
from tests.api.conftest import Api, Asker

Attack = Callable[[Asker], bool]


def reads_a_foreign_hcp(asker: Asker) -> bool:
    return asker.ask("query ($n: String!) { hcp(npi: $n) { npi } }", n=world.npi(7))["data"]["hcp"] is not None


def counts_foreign_hcps(asker: Asker) -> bool:
    return asker.data("{ hcps { totalCount } }")["hcps"]["totalCount"] != 6


def reads_a_foreign_peer(asker: Asker) -> bool:
    found = asker.ask("query ($n: String!) { hcp(npi: $n) { peers { hcp { npi } } } }", n=world.npi(1))
    return world.npi(7) in str(found)


def finds_a_foreign_prediction(asker: Asker) -> bool:
    query = '{ accessFrictions(product: "OWN-1", where: {hcp: {state: {eq: "TX"}}}) { totalCount } }'
    return asker.data(query)["accessFrictions"]["totalCount"] > 0


def reads_a_foreign_territory(asker: Asker) -> bool:
    query = "query ($n: String!) { hcp(npi: $n) { territories { territoryId } } }"
    return "T-2" in str(asker.ask(query, n=world.npi(6)))


def reads_hidden_prescribing(asker: Asker) -> bool:
    query = 'query ($n: String!) { hcp(npi: $n) { prescriptions(product: "OWN-1") { trx } } }'
    return asker.data(query, n=world.npi(3))["hcp"]["prescriptions"] is not None


def finds_hidden_friction(asker: Asker) -> bool:
    query = '{ accessFrictions(product: "OWN-1", where: {value: {in: [0.13, 0.23]}}) { totalCount } }'
    return asker.data(query)["accessFrictions"]["totalCount"] > 0


def ranks_hidden_influence(asker: Asker) -> bool:
    return asker.data('{ influences(product: "OWN-1") { totalCount } }')["influences"]["totalCount"] not in (5, 10)


def reads_a_small_aggregate(asker: Asker) -> bool:
    query = '{ accessFrictions(product: "OWN-1", where: {value: {gt: 0.6}}) { totalCount edges { node { value } } } }'
    return asker.data(query)["accessFrictions"]["totalCount"] > 0


ATTACKS: list[tuple[str, str, Attack]] = [
    ("field_rep", "territory", reads_a_foreign_hcp),
    ("field_rep", "territory", counts_foreign_hcps),
    ("field_rep", "territory", reads_a_foreign_peer),
    ("field_rep", "territory", finds_a_foreign_prediction),
    ("field_rep", "own_territory", reads_a_foreign_territory),
    ("field_rep", "prescriber_opt_out", reads_hidden_prescribing),
    ("field_rep", "prescriber_opt_out", finds_hidden_friction),
    ("field_rep", "prescriber_opt_out", ranks_hidden_influence),
    ("field_rep", "minimum_cell", reads_a_small_aggregate),
    ("brand", "prescriber_opt_out", ranks_hidden_influence),
    ("market_access", "minimum_cell", reads_a_small_aggregate),
]


def without(policy: Policy, rule: str) -> Policy:
    """The policy with one rule taken out of every grant."""

    def weakened(grant: Grant) -> Grant:
        kept = tuple(name for name in grant.rules if name != rule)
        return replace(grant, rules=kept, form=Form.VALUE if grant.form is Form.OWN_SCOPE and not kept else grant.form)

    return replace(policy, fingerprint=f"without {rule}", grants=tuple(weakened(grant) for grant in policy.grants))


@pytest.fixture(scope="module")
def two_territories(api: Api) -> None:
    """h06 is aligned to both territories, so that the rule on territories has something to hide."""
    api.store.write(
        "MATCH (hcp:HCP {id: 'h06'}), (t:Territory {territoryId: 'T-2'}) "
        "CREATE (hcp)-[:IN_TERRITORY {from: date('2025-01-01')}]->(t)"
    )


@pytest.mark.usefixtures("two_territories")
@pytest.mark.parametrize(("role", "rule", "attack"), ATTACKS, ids=[f"{r}-{n}-{a.__name__}" for r, n, a in ATTACKS])
def test_an_attack_fails_with_the_rule_and_succeeds_without_it(api: Api, role: str, rule: str, attack: Attack) -> None:
    # given the API as it is
    asker = api.as_(role, "T-1")
    # then the attack learns nothing
    assert not attack(asker)
    # but with the rule taken out it does: the test above would notice
    with TestClient(build_app(api.settings, without(load_policy(), rule))) as weakened:
        assert attack(Asker(weakened, asker.token))
