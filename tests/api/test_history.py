"""What changed and where values come from, as far as each role may read the values themselves."""

import datetime
from typing import Any

import pytest

from tests.api.conftest import Api, Asker
from tests.api.world import npi

CHANGED = """query ($npi: String!, $since: Date!, $until: Date) {
  hcp(npi: $npi) { whatChanged(since: $since, until: $until) { label property operation kind old new otherId } }
}"""
LINEAGE = (
    "query ($npi: String!) { hcp(npi: $npi) { lineage { source file row run deliveredOn mappingVersion properties } } }"
)

OF_THE_RUN = ("deliveredOn", "mappingVersion")


def _change(number: int, entity: str, day: str, **more: Any) -> dict[str, Any]:
    given = {
        "id": f"chg-{entity}-{number}", "entityId": entity, "otherId": None, "label": "HCP", "property": None,
        "operation": "changed", "kind": "new", "old": None, "new": None, "source": "nppes", "record": f"f.csv:{number}",
        "run": "run-1", "dataClasses": ["public_identity"],
    }  # fmt: skip
    when = datetime.date.fromisoformat(day)
    return given | {"validAt": when, "knownAt": when, "recordedOn": when} | more


def _changes() -> list[dict[str, Any]]:
    found = []
    for entity in ("h01", "h03", "h07"):
        found += [
            _change(1, entity, "2026-02-01", property="city", old='"A"', new='"B"'),
            _change(2, entity, "2026-02-02", property="optedOutOn", dataClasses=["privacy_choice"], new='"2025-01-01"'),
            _change(3, entity, "2026-02-03", label="PRESCRIBED", otherId="prod-own", dataClasses=["prescribing"]),
            _change(4, entity, "2026-02-04", label="SHARES_PATIENTS", otherId="h07", dataClasses=["network"]),
            _change(5, entity, "2026-02-05", label="IN_TERRITORY", otherId="t-2", dataClasses=["alignment"]),
            _change(6, entity, "2026-02-06", property="knownAt", dataClasses=["public_identity", "unheard_of"]),
            _change(7, entity, "2026-03-01", property="city", old='"B"', new='"C"', kind="correction"),
        ]
    found.append(
        _change(
            8,
            "policy-2",
            "2026-02-07",
            label="CoveragePolicy",
            property="tier",
            dataClasses=["coverage"],
            kind="policy_edition",
        )
    )
    for entity in ("h02", "h03"):
        made = {"label": "Prediction", "property": "value", "kind": "model", "record": "friction-1"}
        rest = ["coverage", "prescribing"]
        friction = ["access_friction", *rest]
        found += [
            _change(11, entity, "2026-02-01", **made, new="1", otherId="plan-2", dataClasses=friction),
            _change(12, entity, "2026-02-02", **made, new="2", dataClasses=friction),
            _change(
                13, entity, "2026-02-03", **made, new="3", otherId="plan-2",
                dataClasses=[*friction, "alignment"],
            ),
            _change(14, entity, "2026-02-04", **made, new="4", dataClasses=["adoption", *rest]),
            _change(15, entity, "2026-02-05", **made, new="5", dataClasses=["influence", "network"]),
        ]  # fmt: skip
    found.append(_change(9, "plan-2", "2026-02-07", label="HAS_POLICY", otherId="policy-2", dataClasses=["coverage"]))
    return found


@pytest.fixture(scope="module", autouse=True)
def history(api: Api) -> None:
    api.store.write("UNWIND $rows AS row CREATE (change:Change) SET change = row", rows=_changes())
    api.store.write(
        "MATCH (hcp:HCP {id: 'h01'}) SET hcp.optedOutOn = date('2999-01-01'), "
        "hcp.lineage = ['nppes|2026-02-01/a/b.csv:7|run-1|npi,lastName,city', "
        "'pdrp|2026-02-01/pdrp.csv:2|run-1|optedOutOn'] "
        "CREATE (run:RefreshRun {id: 'run-1', deliveredOn: date('2026-02-01')}) "
        "WITH run MATCH (source:Source {name: 'nppes'}) "
        "CREATE (run)-[:LOADED {mappingVersion: 'v1'}]->(source)"
    )


def _seen(asker: Asker, number: int, since: str = "2026-01-01", until: str | None = None) -> list[tuple[Any, ...]]:
    found = asker.data(CHANGED, npi=npi(number), since=since, until=until)["hcp"]["whatChanged"]
    return [(one["label"], one["property"]) for one in found]


def test_changes_come_newest_first_between_two_days(access: Asker) -> None:
    found = access.data(CHANGED, npi=npi(1), since="2026-02-01", until="2026-02-28")["hcp"]["whatChanged"]
    assert found[-1] == {
        "label": "HCP", "property": "city", "operation": "changed", "kind": "new", "old": '"A"', "new": '"B"',
        "otherId": None,
    }  # fmt: skip
    assert [(one["label"], one["property"]) for one in found] == [
        ("IN_TERRITORY", None),
        ("SHARES_PATIENTS", None),
        ("HCP", "city"),
    ]
    assert _seen(access, 1, since="2026-03-01") == [("HCP", "city")]


def test_a_change_is_absent_unless_all_its_classes_are_readable(access: Asker, rep: Asker) -> None:
    # then: nobody sees the choice of privacy or a class without a grant; market access no prescribing
    assert ("HCP", "optedOutOn") not in _seen(access, 1) + _seen(rep, 1)
    assert ("HCP", "knownAt") not in _seen(access, 1) + _seen(rep, 1)
    assert ("PRESCRIBED", None) not in _seen(access, 1)
    assert ("PRESCRIBED", None) in _seen(rep, 1)


def test_a_rep_sees_no_one_elses_hcp_or_territory(rep: Asker, api: Api) -> None:
    # then: the peer and the territory of T-2 do not exist for the rep of T-1, and h07 does not at all
    assert _seen(rep, 1) == [("HCP", "city"), ("PRESCRIBED", None), ("HCP", "city")]
    both = api.as_("field_rep", "T-1", "T-2")
    assert ("SHARES_PATIENTS", None) in _seen(both, 1)
    assert ("IN_TERRITORY", None) in _seen(both, 1)


def test_prescribing_of_an_hcp_who_opted_out_is_hidden_and_the_rule_named(rep: Asker) -> None:
    # when
    answer = rep.ask(CHANGED, npi=npi(3), since="2026-01-01")

    # then
    labels = {one["label"] for one in answer["data"]["hcp"]["whatChanged"]}
    assert labels == {"HCP"}
    assert "prescriber_opt_out" in str(answer["extensions"]["restricted"])


def test_changes_of_predictions_show_where_value_and_inputs_may_be_read(access: Asker, rep: Asker, api: Api) -> None:
    def told(asker: Asker, number: int) -> set[str]:
        found = asker.data(CHANGED, npi=npi(number), since="2026-01-01")["hcp"]["whatChanged"]
        return {one["new"] for one in found if one["label"] == "Prediction"}

    # then: a rep reads friction by plan and adoption of its own HCPs, unless an input is not readable
    assert told(rep, 2) == {"1", "4"}
    # and the brand, that reads the influence of an HCP as a value, that too
    brand = api.as_("brand")
    assert told(brand, 2) == {"1", "3", "4", "5"}
    # and market access, that reads none of them about one prescriber, nothing
    assert told(access, 2) == set()
    # and nobody those about an HCP who has opted out
    assert told(rep, 3) == told(access, 3) == told(brand, 3) == set()


def test_a_plan_and_a_policy_tell_what_changed(access: Asker) -> None:
    found = access.data(
        '{ plan(id: "plan-2") { whatChanged(since: "2026-01-01") { label otherId } '
        'policies(product: "OWN-1") { whatChanged(since: "2026-01-01") { label property kind } } } }'
    )
    assert found["plan"]["whatChanged"] == [{"label": "HAS_POLICY", "otherId": "policy-2"}]
    assert found["plan"]["policies"] == [
        {
            "whatChanged": [
                {"label": "HAS_POLICY", "property": None, "kind": "new"},
                {"label": "CoveragePolicy", "property": "tier", "kind": "policy_edition"},
            ]
        }
    ]


def test_lineage_names_only_what_may_be_read(access: Asker, rep: Asker, api: Api) -> None:
    expected = [
        {
            "source": "nppes", "file": "2026-02-01/a/b.csv", "row": 7, "run": "run-1", "deliveredOn": "2026-02-01",
            "mappingVersion": "v1", "properties": ["npi", "lastName", "city"],
        }
    ]  # fmt: skip
    assert api.as_("data_science").data(LINEAGE, npi=npi(1))["hcp"]["lineage"] == expected
    # and to whom the class `operations` is denied, when it was delivered and by which mapping are no fields
    narrower = [{name: found for name, found in expected[0].items() if name not in OF_THE_RUN}]
    for asker in (access, rep):
        refused = asker.refusals(LINEAGE, npi=npi(1))
        assert refused == [f"Cannot query field '{name}' on type 'Origin'." for name in OF_THE_RUN]
        fewer = LINEAGE.replace(" deliveredOn mappingVersion", "")
        assert asker.data(fewer, npi=npi(1))["hcp"]["lineage"] == narrower


def test_where_a_change_comes_from_is_told_to_whom_lineage_is_granted(access: Asker, api: Api) -> None:
    query = 'query ($npi: String!) { hcp(npi: $npi) { whatChanged(since: "2026-03-01") { source record run } } }'
    assert access.refusals(query, npi=npi(1)) == [
        f"Cannot query field '{name}' on type 'Change'." for name in ("source", "record", "run")
    ]
    policies = '{ policyChanges(product: "OWN-1", since: "2026-01-01") { source record run } }'
    assert access.refusals(policies) == [
        f"Cannot query field '{name}' on type 'PolicyChange'." for name in ("source", "record", "run")
    ]
    found = api.as_("data_science").data(query, npi=npi(1))["hcp"]["whatChanged"]
    assert found == [{"source": "nppes", "record": "f.csv:7", "run": "run-1"}]
