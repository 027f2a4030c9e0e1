"""What attacks have in common: denied members of every role, and changes of what the caller may not see."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLSchema

from api.permissions import PermissionSet
from api.types.query import Query
from graph.governance import load_policy
from tests.api import world
from tests.api.conftest import Api, Asker, rebuild
from tests.noninterference.units import LOGIC, Unit, units

ROLES = {role.name: role.purposes[0] for role in load_policy().roles.values()}
FOREIGN, UNKNOWN, OPTED_OUT = world.npi(7), world.NEVER_SEEN, world.npi(3)
NEW_HCP = """
MATCH (t:Territory {territoryId: 'T-2'}), (own:HCP {id: 'h01'}), (a:Account {id: 'a1'}), (p:Product {id: 'prod-own'})
CREATE (h:HCP {id: 'h00', npi: '1999900098', lastName: 'Name00', firstName: 'Ada', state: 'ZZ', city: 'Springfield',
  status: 'active', pageRank: 99.0, betweenness: 9.0, community: 1, taxonomies: ['207R00000X']})
CREATE (h)-[:IN_TERRITORY {from: date('2025-01-01')}]->(t)
CREATE (h)-[:AFFILIATED_WITH {facilityType: 'Hospital'}]->(a)
CREATE (own)-[:SHARES_PATIENTS {year: 2025, patients: 999, pairs: 999, sameDay: 0}]->(h)
CREATE (h)-[:PRESCRIBED {month: date('2026-02-01'), trx: 900, nrx: 90, nbrx: 9}]->(p)
WITH h, p
UNWIND [['access_friction', 'hcp_plan'], ['influence', 'hcp'], ['adoption', 'hcp']] AS task
CREATE (n:Prediction {id: 'new-' + task[0], task: task[0], level: task[1], dataClass: task[0],
  dataClasses: ['coverage'], value: 0.999, low: 0.99, high: 1.0, unit: 'share', horizonDays: 28,
  asOf: date('2026-02-01'), expectedStarts: 99.0,
  saveableStarts: 99.0, mainBarrier: 'STEP', evidenceStarts: 99})
CREATE (n)-[:ABOUT]->(h), (n)-[:FOR]->(p)
WITH n MATCH (plan:Plan {id: 'plan-1'}) WHERE n.level = 'hcp_plan' CREATE (n)-[:UNDER]->(plan)
"""
"""An HCP of T-2 who is first or last in every order, with ties to what a rep of T-1 sees."""
OTHER_NUMBERS = """
MATCH (h:HCP {id: 'h03'})
CALL (h) { MATCH (h)-[r:PRESCRIBED]->() SET r.trx = r.trx + 500, r.nrx = 77 }
CALL (h) { MATCH (h)<-[:ABOUT]-(n:Prediction)
  SET n.value = 0.987, n.low = 0.9, n.high = 0.99, n.mainBarrier = 'STEP', n.expectedStarts = 50.0,
    n.evidenceStarts = 99, n.clinicalLead = 99.0 }
"""
"""Other prescribing of h03, who withholds it, and other predictions about h03."""


@cache
def full_schema() -> GraphQLSchema:
    """What all roles together could ask for."""
    return strawberry.Schema(query=Query)._schema


@cache
def role_schema(role: str) -> GraphQLSchema:
    return PermissionSet(load_policy(), role, ROLES[role]).schema


def lacking(role: str, wanted: Callable[[Unit], bool]) -> list[Unit]:
    """Members that other roles have and this one does not."""
    missing = set(units(full_schema())) - set(units(role_schema(role)))
    alike: dict[tuple[str, str, str], Unit] = {}
    for unit in sorted(missing):
        if wanted(unit) and unit.member not in LOGIC:
            alike.setdefault((unit.kind, unit.type_name, unit.member), unit)
    return list(alike.values())


def assert_like_nonsense(asker: Asker, document: str, name: str, before: str = r"[\s:({}]") -> None:
    """The document is refused as it is with a name of the same length that no schema has ever had in its place, where
    it stands ``before`` such a character."""
    nonsense = "q" * len(name)
    denied = asker.post(document)
    absent = asker.post(re.sub(rf"\b{name}\b(?={before})", nonsense, document))
    assert denied.status_code == absent.status_code
    left, right = denied.json(), absent.json()
    assert "data" not in left, document
    assert [error["message"] for error in left["errors"]] == [
        error["message"].replace(nonsense, name) for error in right["errors"]
    ]
    assert {error["extensions"]["code"] for error in left["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


@contextmanager
def changed(api: Api, *statements: str) -> Iterator[None]:
    """The world with some changes; afterwards it is as it was."""
    try:
        for text in statements:
            api.store.write(text)
        yield
    finally:
        rebuild(api.store)


def assert_blind(api: Api, asker: Asker, documents: list[str], *statements: str, noticed_by: Asker) -> None:
    """No byte of the answers depends on the changes, which somebody who may see them notices."""

    def answers(who: Asker) -> list[Any]:
        return [who.post(document).content for document in documents]

    before, control = answers(asker), answers(noticed_by)
    assert not [body for body in before if b'"errors"' in body]
    with changed(api, *statements):
        after, noticed = answers(asker), answers(noticed_by)
    assert before == after
    assert [one for one, other in zip(control, noticed, strict=True) if one == other] == []
