"""What people say against predictions is read by whom the prediction may be read, and of nobody who withholds."""

from typing import Any

import pytest

from tests.api import world
from tests.api.conftest import Api, Asker

ADOPTION, FRICTION = "adoptionOverrides", "accessFrictionOverrides"
PREDICTED = {ADOPTION: "adoption", FRICTION: "accessFriction"}
SEEN = {
    "brand": {ADOPTION, FRICTION},
    "field_rep": {ADOPTION, FRICTION},
    "data_science": {ADOPTION, FRICTION},
    "patient_support": {FRICTION},
    "market_access": set(),
    "medical": set(),
    "executive": set(),
    "privacy_admin": set(),
}
COLUMNS = "verdict reason role madeOn closesOn endedOn modelVersion plan { planKey }"
SAID: dict[str, list[dict[str, Any]]] = {
    ADOPTION: [
        {"verdict": "will_not_happen", "reason": "RETIRED", "role": "field_rep", "madeOn": "2026-01-20",
         "closesOn": "2026-04-21", "endedOn": None, "modelVersion": "adoption-2026-01-17-0a1b2c", "plan": None},
        {"verdict": "will_happen", "reason": "PATIENT_MIX", "role": "brand", "madeOn": "2026-01-06",
         "closesOn": "2026-04-12", "endedOn": "2026-01-20", "modelVersion": None, "plan": None},
    ],
    FRICTION: [
        {"verdict": "will_happen", "reason": "FORMULARY_DECISION", "role": "brand", "madeOn": "2026-01-25",
         "closesOn": "2026-02-22", "endedOn": None, "modelVersion": None, "plan": {"planKey": "S0001-001-0"}},
    ],
}  # fmt: skip


def asker(api: Api, role: str) -> Asker:
    return api.as_(role, *(["T-1"] if role in ("field_rep", "patient_support") else []))


def ask(who: Asker, number: int, field: str, columns: str = COLUMNS) -> dict[str, Any]:
    document = f'query ($npi: String!) {{ hcp(npi: $npi) {{ {field}(product: "OWN-1") {{ {columns} }} }} }}'
    return who.ask(document, npi=world.npi(number))


@pytest.mark.parametrize("field", [ADOPTION, FRICTION])
@pytest.mark.parametrize("role", SEEN)
def test_who_reads_a_prediction_reads_what_was_said_against_it(api: Api, role: str, field: str) -> None:
    # when the sixth HCP is asked about
    answer = ask(asker(api, role), 6, field)

    # then it is all that was said, newest first, or a field that does not exist
    if field in SEEN[role]:
        assert answer["data"] == {"hcp": {field: SAID[field]}}
    else:
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
        assert "data" not in answer


@pytest.mark.parametrize(("role", "field"), [(role, field) for role in SEEN for field in sorted(SEEN[role])])
@pytest.mark.parametrize("number", [1, 3, 9])
def test_it_is_there_or_hidden_exactly_as_the_prediction_is(api: Api, role: str, field: str, number: int) -> None:
    # when
    who = asker(api, role)
    said, predicted = ask(who, number, field, "verdict"), ask(who, number, PREDICTED[field], "value")

    # then
    if predicted.get("errors"):
        assert [one["extensions"]["code"] for one in said["errors"]] == ["NOT_FOUND"]
        assert said["data"] == predicted["data"] == {"hcp": None}
        return
    told, value = said["data"]["hcp"][field], predicted["data"]["hcp"][PREDICTED[field]]
    assert (told is None) == (value is None)
    rules = [
        [one["rule"] for one in answer.get("extensions", {}).get("restricted", [])] for answer in (said, predicted)
    ]
    assert rules[0] == rules[1]
    assert (value is None) == (number == 3 and role in ("brand", "field_rep"))


def test_only_as_many_as_asked_for_are_told(api: Api) -> None:
    found = api.as_("brand").data(
        f'{{ hcp(npi: "{world.npi(6)}") {{ {ADOPTION}(product: "OWN-1", first: 1) {{ madeOn }} }} }}'
    )
    assert found == {"hcp": {ADOPTION: [{"madeOn": "2026-01-20"}]}}


def test_nothing_else_leads_to_what_was_said(api: Api) -> None:
    # given the id of a word
    answer = api.as_("brand").ask('{ node(id: "word-2-06") { id } }')

    # then
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["NOT_FOUND"]
