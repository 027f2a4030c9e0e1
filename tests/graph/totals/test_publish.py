"""Totals on a real server: the numbers of a plain addition, nothing of few, months once, nobody who withholds."""

import json
import random

import pytest

from graph.disclosure import publish as job
from graph.errors import DisclosureError, GraphMismatch
from graph.publishing import publish_groups
from graph.totals import publish as totals_job
from tests.graph.totals.reference import ALL, group_of, tellable, totals

STATES = ("OH", "MI", "IN")
TAXONOMIES = {"207R00000X": ("Internal Medicine", None), "207RC0000X": ("Internal Medicine", "Cardiovascular Disease")}
SITES = ("Hospital", "Nursing home")
WITHHOLDING = 7
"""Every HCP whose number can be divided by it withholds their prescribing, some only from the year 2999 on."""

WORLD = """
CREATE (:Product {id: 'prd_own'}), (:Product {id: 'prd_new'})
CREATE (:Source {name: 'rx_claims', deliveredOn: date('2025-06-15')})
WITH 1 AS one
UNWIND $specialties AS given
CREATE (:Specialty {id: given.code, code: given.code, classification: given.classification,
  specialization: given.specialization})
WITH DISTINCT one
UNWIND $sites AS kind
CREATE (:Account {id: 'acc_' + kind, kind: kind})
"""
HCPS = """
UNWIND $hcps AS given
CREATE (hcp:HCP {id: given.id, state: given.state, specialty: given.written, primaryTaxonomy: given.code,
  optedOutOn: date(given.withholds)})
WITH hcp, given
CALL (hcp, given) {
  MATCH (specialty:Specialty {code: given.code})
  CREATE (hcp)-[:PRACTICES]->(specialty)
}
CALL (hcp, given) {
  MATCH (account:Account)
  WHERE account.kind IN given.sites
  CREATE (hcp)-[:AFFILIATED_WITH]->(account)
}
"""
FACTS = """
UNWIND $facts AS fact
MATCH (hcp:HCP {id: fact.hcp})
CALL (hcp, fact) {
  WITH hcp, fact WHERE fact.trx + fact.nbrx > 0
  MATCH (product:Product {id: fact.product})
  CREATE (hcp)-[:PRESCRIBED {month: date(fact.month), trx: fact.trx, nrx: fact.nrx, nbrx: fact.nbrx}]->(product)
}
CALL (hcp, fact) {
  UNWIND range(1, fact.calls) AS number
  CREATE (hcp)<-[:WITH]-(:Interaction {id: fact.hcp + fact.month + number, occurredOn: date(fact.month),
    status: 'submitted'})
}
CALL (hcp, fact) {
  UNWIND range(1, fact.asked) AS number
  CREATE (hcp)-[:ASKED]->(:MedicalInquiry {id: fact.hcp + fact.month + 'q' + number, receivedOn: date(fact.month)})
}
"""
KNOWN = """
MATCH (hcp:HCP)
RETURN hcp.id AS id, hcp.state AS state, hcp.specialty AS written,
  COLLECT { MATCH (hcp)-[:AFFILIATED_WITH]->(account) RETURN account.kind } AS kinds,
  COLLECT { MATCH (hcp)-[:PRACTICES]->(s) RETURN coalesce(s.specialization, s.classification) }[0] AS told
"""
SHOWN = "MATCH (total:{label} {{month: date('2025-03-01')}}) RETURN properties(total) AS total"


def hcp(number):
    code = (*TAXONOMIES, None)[number % 3]
    withholds = None
    if number % WITHHOLDING == 0:
        withholds = "2999-01-01" if number % 2 else "2024-01-01"
    return {
        "id": f"hcp_{number:03}",
        "state": STATES[number * 7 % 13 % 3] if number != 5 else None,
        "code": code,
        "written": None if code else "Oncology",
        "sites": SITES if number % 5 == 0 else SITES[number % 2 : number % 2 + 1],
        "withholds": withholds,
    }


def fact(rng, number, month):
    """A month of one HCP: most prescribe and are visited, few ask."""
    trx = rng.choice((0, 0, 1, 2, 3, 8))
    return {
        "hcp": f"hcp_{number:03}",
        "month": month,
        "product": "prd_own",
        "trx": trx,
        "nrx": rng.randint(0, trx),
        "nbrx": rng.choice((0, 1)),
        "calls": rng.choice((0, 0, 1, 3)),
        "asked": rng.choice((0, 0, 0, 1)),
    }


@pytest.fixture(scope="module")
def facts():
    rng = random.Random(3)
    months = ("2025-02-01", "2025-03-01", "2025-04-01", "2025-06-01")
    return [fact(rng, number, month) for month in months for number in range(1, 151)]


@pytest.fixture
def twin(neo4j_empty, facts):
    """150 HCPs in three states: a cut February, a whole March, an April that is not mature."""
    specialties = [
        {"code": code, "classification": given[0], "specialization": given[1]} for code, given in TAXONOMIES.items()
    ]
    neo4j_empty.write(WORLD, specialties=specialties, sites=list(SITES))
    neo4j_empty.write(HCPS, hcps=[hcp(number) for number in range(1, 151)])
    neo4j_empty.write(FACTS, facts=facts)
    return neo4j_empty


def shown(store, label):
    rows = [row["total"] for row in store.read(SHOWN.format(label=label))]
    return {(row["state"], row["specialty"], row["siteOfCare"]): row for row in rows}


def done_in_march(facts, *names, withholding):
    """Amounts of each HCP who did something."""
    return {
        one["hcp"]: tuple(one[name] for name in names)
        for one in facts
        if one["month"] == "2025-03-01"
        and one[names[0]] > 0
        and (withholding or int(one["hcp"][4:]) % WITHHOLDING != 0)
    }


TOPICS = [
    pytest.param("PrescribingTotal", "prescribers", ("trx", "nrx"), ("trx", "nrx"), False, id="prescribing"),
    pytest.param("InteractionTotal", "hcps", ("calls",), ("interactions",), True, id="interactions"),
    pytest.param("InquiryTotal", "hcps", ("asked",), ("inquiries",), True, id="inquiries"),
]


@pytest.mark.parametrize(("label", "people", "names", "measures", "withholding"), TOPICS)
def test_what_is_shown_is_what_a_plain_addition_gives(
    twin, neo4j_settings, facts, label, people, names, measures, withholding
):
    # given
    hcps = [dict(row) for row in twin.read(KNOWN)]
    expected = totals(hcps, done_in_march(facts, *names, withholding=withholding))

    # when
    publish_groups(neo4j_settings)

    # then: every group of the lattice is there, with the right numbers or none
    rows = shown(twin, label)
    axes = [sorted({group_of(one)[axis] for one in hcps}) for axis in range(3)]
    assert len(rows) == (len(axes[0]) + 1) * (len(axes[1]) + 1) * (len(axes[2]) + 1)
    nothing = {"crowd": 0, "made": []}
    told = 0
    for group, row in rows.items():
        entry = expected.get(group, nothing)
        assert row["level"] == "+".join(
            name for name, value in zip(("state", "specialty", "siteOfCare"), group, strict=True) if value != ALL
        ) or (row["level"], group) == ("all", (ALL, ALL, ALL))
        assert row["suppressed"] is (row.get(people) is None)
        if row.get(people) is not None:
            assert tellable(entry, None)
            assert row[people] == len(entry["made"])
            told += 1
        for at, measure in enumerate(measures):
            if row.get(measure) is not None:
                assert row.get(people) is not None
                assert tellable(entry, at)
                assert row[measure] == sum(made[at] for made in entry["made"])
    assert told > 4
    whole, everybody = rows[ALL, ALL, ALL], expected[ALL, ALL, ALL]["made"]
    assert [whole[name] for name in (people, *measures)] == [
        len(everybody),
        *(sum(made[at] for made in everybody) for at in range(len(measures))),
    ]


def test_months_are_published_when_they_are_mature_and_the_first_never(twin, neo4j_settings):
    report = publish_groups(neo4j_settings)

    months = {topic: done.published for topic, done in report.totals.items()}
    assert months == dict.fromkeys(("prescribing", "interaction", "inquiry"), ("2025-03",))
    assert report.cohorts.published == ()
    assert report.written
    for topic in months:
        assert (neo4j_settings.home / "totals" / topic / "2025-03.json").exists()


def test_hcps_who_withhold_their_prescribing_change_nothing(twin, neo4j_settings, facts):
    # given what they prescribed, changed beyond recognition
    twin.write(
        "MATCH (hcp:HCP)-[prescribed:PRESCRIBED]->() WHERE hcp.optedOutOn IS NOT NULL "
        "SET prescribed.trx = prescribed.trx + 5000, prescribed.nrx = prescribed.nrx + 500"
    )
    hcps = [dict(row) for row in twin.read(KNOWN)]
    expected = totals(hcps, done_in_march(facts, "trx", "nrx", withholding=False))

    # when
    publish_groups(neo4j_settings)

    # then
    whole = shown(twin, "PrescribingTotal")[ALL, ALL, ALL]
    made = expected[ALL, ALL, ALL]["made"]
    assert (whole["prescribers"], whole["trx"]) == (len(made), sum(trx for trx, _ in made))
    for group, row in shown(twin, "PrescribingTotal").items():
        if row.get("trx") is not None:
            assert row["trx"] == sum(trx for trx, _ in expected.get(group, {"made": []})["made"])


def test_a_total_that_is_nearly_one_prescribers_is_withheld(twin, neo4j_settings):
    # given a product that many prescribe once and one prescribes very much
    twin.write(
        "MATCH (hcp:HCP), (product:Product {id: 'prd_new'}) WHERE hcp.optedOutOn IS NULL "
        "CREATE (hcp)-[:PRESCRIBED {month: date('2025-03-01'), nrx: 0, nbrx: 0, "
        "trx: CASE hcp.id WHEN 'hcp_001' THEN 5000 ELSE 1 END}]->(product)"
    )

    # when
    publish_groups(neo4j_settings)

    # then: how many prescribe is told, what they prescribed is not
    rows = twin.read(
        "MATCH (total:PrescribingTotal {level: 'all', month: date('2025-03-01')})-[:FOR]->(:Product {id: 'prd_new'}) "
        "RETURN total.prescribers AS prescribers, total.trx AS trx, total.suppressed AS suppressed"
    )
    assert [dict(row) for row in rows] == [{"prescribers": 129, "trx": None, "suppressed": False}]


def test_planned_calls_are_no_contacts(twin, neo4j_settings, facts):
    # given
    twin.write(
        "MATCH (hcp:HCP) CREATE (hcp)<-[:WITH]-(:Interaction {id: 'plan' + hcp.id, occurredOn: date('2025-03-09'), "
        "status: 'planned'})"
    )

    # when
    publish_groups(neo4j_settings)

    # then
    made = done_in_march(facts, "calls", withholding=True)
    whole = shown(twin, "InteractionTotal")[ALL, ALL, ALL]
    assert (whole["hcps"], whole["interactions"]) == (len(made), sum(calls for (calls,) in made.values()))


def test_a_month_that_was_published_stays_and_a_lost_graph_gets_it_back(twin, neo4j_settings):
    # given
    publish_groups(neo4j_settings)
    before = shown(twin, "PrescribingTotal")
    twin.write("MATCH ()-[prescribed:PRESCRIBED]->() SET prescribed.trx = prescribed.trx + 1")

    # when
    again = publish_groups(neo4j_settings)

    # then
    assert again.totals["prescribing"].published == again.totals["prescribing"].written == ()
    assert shown(twin, "PrescribingTotal") == before

    # and when
    twin.write("MATCH (total:PrescribingTotal) DETACH DELETE total")
    restored = publish_groups(neo4j_settings)

    # then
    assert (restored.totals["prescribing"].published, restored.totals["prescribing"].written) == ((), ("2025-03",))
    assert shown(twin, "PrescribingTotal") == before


def test_an_unsafe_edition_is_refused(twin, neo4j_settings, monkeypatch):
    # given a choice that withholds nothing but what is protected itself
    honest = job.choose

    def careless(table):
        choice = honest(table)
        choice.published[:] = table.tellable & ~table.protected
        return choice

    monkeypatch.setattr(job, "choose", careless)

    # when
    with pytest.raises(DisclosureError, match="totals of prescribing of 2025-03: the audit of") as caught:
        publish_groups(neo4j_settings)

    # then
    assert caught.value.exit_code == 8
    assert shown(twin, "PrescribingTotal") == {}
    assert not (neo4j_settings.home / "totals" / "prescribing").exists()


def test_an_edition_holds_nothing_of_few(twin, neo4j_settings):
    # when
    publish_groups(neo4j_settings)

    # then
    for file in (neo4j_settings.home / "totals").glob("*/*.json"):
        for rows in json.loads(file.read_text(encoding="utf-8"))["products"].values():
            assert [number for _, counts in rows for number in counts if number is not None and 0 < number < 11] == []


def test_a_graph_with_a_month_that_nobody_remembers_is_refused(twin, neo4j_settings):
    # given
    publish_groups(neo4j_settings)
    (neo4j_settings.home / "totals" / "interaction" / "2025-03.json").unlink()

    # when / then
    with pytest.raises(GraphMismatch, match="has totals of interaction of 2025-03"):
        publish_groups(neo4j_settings)


def test_an_empty_twin_publishes_nothing(neo4j_empty, neo4j_settings):
    report = publish_groups(neo4j_settings)

    assert not report.written
    assert {topic: (done.groups, done.known_to) for topic, done in report.totals.items()} == dict.fromkeys(
        ("prescribing", "interaction", "inquiry"), (0, None)
    )
    assert totals_job.TOPICS.keys() == report.totals.keys()
