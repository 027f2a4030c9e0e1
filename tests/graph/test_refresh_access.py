"""Prior authorizations and support cases, hand-typed: states that follow each other, and how they find their start."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.ingest.report import RefreshReport, SourceReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.conftest import NDC, OTHER_NDC
from tests.graph.registry import ANNA, BERT, everything, one, person, put_aside

Run = Callable[..., RefreshReport]
REQUESTS = "pa_id,claim_id,npi,plan,ndc_code,submitted_at,decided_at,decision,reason_code,channel,attempt,appeal_level"
CASES = (
    "case_id,person_id,npi,ndc_code,program,referral_date,hub_status,status_date,ship_date,dispense_status,"
    "copay_assistance,discontinue_reason"
)
PLAN = "H0001-001-000"


def claim(number: int, who: str, written: str, kind: str, codes: str = "") -> str:
    return (
        f"C{number},1,{who},M-{who},Blue Payer,{PLAN},{ANNA},,{written},{written},{NDC},30,30,5,0,{kind},{codes},10.00,"
        f",{written}"
    )


@pytest.fixture
def starts(deliveries: Any) -> None:
    """Anna, two products, and two starts of hers: each first rejected, as claims C1 and C2; C0 begins the feed."""
    deliveries.nppes("2025-01-01", person(ANNA))
    deliveries.products("2025-01-01")
    deliveries.claims(
        "2025-01-01",
        claim(0, "OLD", "2024-01-01", "paid"),
        claim(1, "P1", "2024-09-01", "rejected", "75"),
        claim(2, "P2", "2024-10-01", "rejected", "75"),
    )


def requests(deliveries: Any, date: str, *rows: str) -> None:
    name = f"prior_auth/prior_auth_{date.replace('-', '')}.csv"
    deliveries.add(date, name, "\n".join([REQUESTS, *rows]) + "\n")


def cases(deliveries: Any, date: str, *rows: str) -> None:
    deliveries.add(date, f"hub/hub_{date.replace('-', '')}.csv", "\n".join([CASES, *rows]) + "\n")


def of(report: RefreshReport, name: str) -> SourceReport:
    (found,) = [source for source in report.sources if source.name == name]
    return found


REQUEST = (
    "MATCH (r:PriorAuthorization)-[:REQUESTED_BY]->(h:HCP), (r)-[:FOR]->(p:Product) "
    "OPTIONAL MATCH (r)-[:DECIDED_UNDER]->(n:Plan) OPTIONAL MATCH (r)-[:CONCERNS]->(s:TherapyStart) "
    "RETURN toString(r.submittedOn) AS submitted, toString(r.decidedOn) AS decided, r.daysToDecision AS days, "
    "r.decision AS decision, r.decisionMeaning AS meaning, r.reasonCode AS reason, r.channel AS channel, "
    "r.attempt AS attempt, r.appealLevel AS appeal, h.npi AS npi, p.productId AS product, n.planKey AS plan, "
    "toString(s.writtenOn) AS written ORDER BY submitted, attempt, appeal"
)


@pytest.mark.usefixtures("starts")
def test_a_request_is_pended_then_decided_and_finds_its_start(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    pended = f"PA-1,C1,{ANNA},{PLAN},{NDC},2024-09-02,,A4,,ePA,1,0"
    requests(deliveries, "2025-01-01", pended)
    first = run()
    waiting = one(neo4j_empty, REQUEST)

    # when: the decision comes, and a week later the pended row once more
    requests(deliveries, "2025-01-08", f"PA-1,C1,{ANNA},{PLAN},{NDC},2024-09-02,2024-09-09,A1,,ePA,1,0")
    decided = run()
    requests(deliveries, "2025-01-15", pended, f"PA-2,C0,{ANNA},{PLAN},{NDC},2024-09-20,,A4,,Fax,1,0")
    run()

    # then
    known = {"npi": ANNA, "product": "PRD-1", "plan": PLAN, "channel": "epa", "attempt": 1, "appeal": 0}
    assert waiting == known | {
        "submitted": "2024-09-02", "decided": None, "days": None, "decision": "A4", "meaning": "pended",
        "reason": None, "written": "2024-09-01",
    }  # fmt: skip
    assert (of(first, "prior_auth").rows_loaded, of(first, "prior_auth").inserted) == (1, 5)
    assert (of(decided, "prior_auth").inserted, of(decided, "prior_auth").updated) == (0, 1)
    certified, refill = neo4j_empty.read(REQUEST)
    assert certified == waiting | {
        "decided": "2024-09-09", "days": 7, "decision": "A1", "meaning": "certified in total",
    }  # fmt: skip
    # then: a claim that began no start leaves the request without one, and that is no mistake
    assert (refill["written"], refill["channel"]) == (None, "fax")
    assert put_aside(neo4j_settings, "prior_auth") == []


@pytest.mark.usefixtures("starts")
def test_appeals_and_restated_decisions(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: a denial appealed under its own number, and one appealed under another, rows in no order
    requests(
        deliveries, "2025-01-01",
        f"PA-1,C1,{ANNA},{PLAN},{NDC},2024-09-02,2024-10-12,A1,,ePA,1,1",
        f"PA-1,C1,{ANNA},{PLAN},{NDC},2024-09-02,2024-09-09,A3,50,ePA,1,0",
        f"PA-2,C2,{ANNA},{PLAN},{NDC},2024-10-02,2024-10-05,A3,197,portal,1,0",
        f"PA-3,C2,{ANNA},{PLAN},{NDC},2024-10-10,2024-10-20,A2,,portal,2,1",
    )  # fmt: skip
    run()
    before = neo4j_empty.read(REQUEST)

    # when: the second denial is restated
    requests(deliveries, "2025-01-08", f"PA-2,C2,{ANNA},{PLAN},{NDC},2024-10-02,2024-10-04,A6,197,portal,1,0")
    run()

    # then
    told = [(row["decision"], row["appeal"], row["attempt"], row["days"], row["written"]) for row in before]
    assert told == [
        ("A1", 1, 1, 40, "2024-09-01"),
        ("A3", 0, 1, 3, "2024-10-01"),
        ("A2", 1, 2, 10, "2024-10-01"),
    ]
    assert [row["decision"] for row in neo4j_empty.read(REQUEST)] == ["A1", "A6", "A2"]


@pytest.mark.usefixtures("starts")
def test_a_request_whose_claim_comes_later_finds_its_start_then(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given
    requests(deliveries, "2025-01-01", f"PA-1,C3,{ANNA},{PLAN},{NDC},2024-11-02,2024-11-09,A1,,ePA,1,0")
    run()
    before = one(neo4j_empty, REQUEST)

    # when
    deliveries.claims("2025-01-08", claim(3, "P3", "2024-11-01", "rejected", "75"))
    run()

    # then
    assert before["written"] is None
    assert one(neo4j_empty, REQUEST) == before | {"written": "2024-11-01"}


@pytest.mark.usefixtures("starts")
def test_requests_that_cannot_be_right_are_put_aside(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    requests(
        deliveries, "2025-01-01",
        f"PA-1,C1,{ANNA},{PLAN},{NDC},2024-09-02,2024-09-01,A1,,ePA,1,0",
        f"PA-2,C1,{ANNA},{PLAN},{NDC},2024-09-02,,A1,,ePA,1,0",
        f"PA-3,C1,{ANNA},{PLAN},{NDC},2024-09-02,2024-09-09,approved,,ePA,1,0",
        f"PA-4,C1,{BERT},{PLAN},{NDC},2024-09-02,2024-09-09,A1,,ePA,1,0",
        f"PA-5,C1,{ANNA},{PLAN},99999999999,2024-09-02,2024-09-09,A1,,ePA,1,0",
        f"PA-6,C1,{ANNA},H9999-001-000,{NDC},2024-09-02,2024-09-09,A1,,ePA,1,0",
        f"PA-7,C1,{ANNA},{PLAN},{NDC},2024-09-02,2024-09-09,A1,,ePA,0,0",
        f",C1,{ANNA},{PLAN},{NDC},2024-09-02,2024-09-09,A1,,ePA,1,0",
    )  # fmt: skip

    # when
    report = run()

    # then: no value is shown, for each row holds a person's claim; the unknown plan costs its request only the plan
    found = of(report, "prior_auth")
    assert (found.rows_in, found.rows_loaded, found.rows_quarantined) == (8, 0, 8)
    file = "2025-01-01/prior_auth/prior_auth_20250101.csv"
    assert sorted(put_aside(neo4j_settings, "prior_auth"), key=lambda row: row[1]) == [
        (file, 2, None, "was decided before it was submitted", None),
        (file, 3, None, "is decided, but on no date", None),
        (file, 4, "decision", "is not one of A1, A2, A3, A4, A6, C, CT, NA", None),
        (file, 5, "npi", "is not known as npi", BERT),
        (file, 6, "ndc_code", "is not known as ndc11", "99999999999"),
        (file, 7, "plan", "is not known as Plan plan_key", None),
        (file, 8, "attempt", "is below 1", None),
        (file, 9, "pa_id", "is missing", None),
    ]
    assert neo4j_empty.read("MATCH (r:PriorAuthorization)-[:CONCERNS]->() RETURN count(r) AS n") == [{"n": 1}]


CASE = (
    "MATCH (h:HCP)-[:REFERRED]->(c:SupportCase)-[:FOR_PATIENT]->(w:Patient), (c)-[:FOR]->(p:Product) "
    "RETURN c.program AS program, toString(c.referredOn) AS referred, c.status AS status, "
    "toString(c.statusOn) AS since, toString(c.shippedOn) AS shipped, toString(c.dispensedOn) AS dispensed, "
    "c.copayAssistance AS copay, c.discontinueReason AS reason, h.npi AS npi, p.productId AS product, "
    "w.id AS patient ORDER BY referred"
)


@pytest.mark.usefixtures("starts")
def test_a_case_moves_on_and_belongs_to_the_person_of_the_claims(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: a person of the claims, and one who never reached a pharmacy
    cases(
        deliveries, "2025-01-01",
        f"H-1,P1,{ANNA},{NDC},pa_help,2024-09-05,Referred,2024-09-05,,pending,false,",
        f"H-2,P9,{ANNA},{OTHER_NDC},copay,2024-09-06,Referred,2024-09-06,,pending,true,",
    )  # fmt: skip
    first = run()

    # when: the later status arrives before the one in between
    moved = f"H-1,P1,{ANNA},{NDC},pa_help,2024-09-05,Shipped,2024-09-25,2024-09-25,dispensed,true,"
    cases(deliveries, "2025-01-08", moved)
    run()
    between = f"H-1,P1,{ANNA},{NDC},pa_help,2024-09-05,Benefit Investigation,2024-09-12,,pending,true,"
    cases(deliveries, "2025-01-15", between)
    late = run()
    before = everything(neo4j_empty)
    again = run()

    # then
    assert (of(first, "hub").rows_loaded, of(first, "hub").inserted) == (2, 10)
    assert late.write_transactions == 0
    assert (again.write_transactions, everything(neo4j_empty)) == (0, before)
    helped, other = neo4j_empty.read(CASE)
    assert helped | {"patient": ""} == {
        "program": "pa_help", "referred": "2024-09-05", "status": "shipped", "since": "2024-09-25",
        "shipped": "2024-09-25", "dispensed": "2024-09-25", "copay": True, "reason": None, "npi": ANNA,
        "product": "PRD-1", "patient": "",
    }  # fmt: skip
    start = one(
        neo4j_empty,
        "MATCH (s:TherapyStart)-[:FOR_PATIENT]->(w:Patient) WHERE toString(s.writtenOn) = '2024-09-01' "
        "RETURN w.id AS patient",
    )
    assert helped["patient"] == start["patient"]
    assert (other["status"], other["product"], other["dispensed"]) == ("referred", "PRD-2", None)
    assert neo4j_empty.read("MATCH (w:Patient) WHERE w.token STARTS WITH 'v1:' RETURN count(w) AS n") == [{"n": 4}]


@pytest.mark.usefixtures("starts")
def test_cases_that_cannot_be_right_show_no_person(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given
    cases(
        deliveries, "2025-01-01",
        f"H-1,P1,{ANNA},{NDC},pa_help,2024-09-05,Referred,2024-09-01,,pending,false,",
        f"H-2,P1,{ANNA},{NDC},pa_help,2024-09-05,Shipped,2024-09-25,2024-08-25,dispensed,false,",
        f"H-3,,{ANNA},{NDC},pa_help,2024-09-05,Referred,2024-09-05,,pending,false,",
        f"H-4,P1,{ANNA},{NDC},pa_help,2024-09-05,Referred,2024-09-05,,pending,maybe,",
    )  # fmt: skip

    # when
    run()

    # then
    rows = sorted(put_aside(neo4j_settings, "hub"), key=lambda row: row[1])
    assert [(line, column, reason, value) for _, line, column, reason, value in rows] == [
        (2, None, "has a status from before the referral", None),
        (3, None, "was shipped before the referral", None),
        (4, "person_id", "is missing", None),
        (5, "copay_assistance", "is neither yes nor no", None),
    ]
    assert neo4j_empty.read("MATCH (c:SupportCase) RETURN count(c) AS n") == [{"n": 0}]
