"""The CRM export, hand-typed: both generations of names, accounts that are somebody, nobody or twice the same."""

from collections.abc import Callable
from typing import Any

import pytest

from graph.ingest.report import RefreshReport, SourceReport
from graph.settings import Settings
from graph.store import Store
from tests.graph.registry import ANNA, BERT, CLINIC, everything, one, person, put_aside

Run = Callable[..., RefreshReport]
CLASSIC, VAULT = "classic", "vault"
OBJECTS: dict[str, tuple[str, str, str]] = {
    # file and columns of the classic export, and of Vault's in the same order
    "account": (
        "Account.csv|account__v.csv",
        "Id,Name,FirstName,LastName,IsPersonAccount,NPI_vod__c,Specialty_1_vod__c,LastModifiedDate",
        "id,name__v,first_name__v,last_name__v,ispersonaccount__v,npi__v,specialty_1__v,modified_date__v",
    ),
    "address": (
        "Address_vod__c.csv|address__v.csv",
        "Id,Account_vod__c,Name,City_vod__c,State_vod__c,Zip_vod__c,Primary_vod__c,LastModifiedDate",
        "id,account__v,name__v,city__v,state__v,zip__v,primary__v,modified_date__v",
    ),
    "product": (
        "Product_vod__c.csv|product__v.csv",
        "Id,Name,External_ID_vod__c",
        "id,name__v,external_id__v",
    ),
    "call": (
        "Call2_vod__c.csv|call2__v.csv",
        "Id,Account_vod__c,User_vod__c,Call_Date_vod__c,Call_Type_vod__c,Call_Channel_vod__c,Duration_vod__c,"
        "Status_vod__c,LastModifiedDate",
        "id,account__v,user__v,call_date__v,call_type__v,call_channel__v,duration__v,status__v,modified_date__v",
    ),
    "detail": (
        "Call2_Detail_vod__c.csv|call2_detail__v.csv",
        "Id,Call2_vod__c,Product_vod__c,Detail_Priority_vod__c",
        "id,call2__v,product__v,detail_priority__v",
    ),
    "email": (
        "Sent_Email_vod__c.csv|sent_email__v.csv",
        "Id,Account_vod__c,User_vod__c,Product_vod__c,Email_Sent_Date_vod__c,Status_vod__c,Opened_vod__c,"
        "Clicked_vod__c",
        "id,account__v,user__v,product__v,email_sent_date__v,status__v,opened__v,clicked__v",
    ),
    "consent": (
        "Multichannel_Consent_vod__c.csv|multichannel_consent__v.csv",
        "Id,Account_vod__c,Channel_Value_vod__c,Opt_Type_vod__c,Capture_Datetime_vod__c",
        "id,account__v,channel_value__v,opt_type__v,capture_datetime__v",
    ),
    "suggestion": (
        "Suggestion_vod__c.csv|suggestion__v.csv",
        "Id,Account_vod__c,User_vod__c,Product_vod__c,Title_vod__c,Reason_vod__c,Priority_vod__c,Posted_Date_vod__c,"
        "arm,propensity",
        "id,account__v,user__v,product__v,title__v,reason__v,priority__v,posted_date__v,arm,propensity",
    ),
    "feedback": (
        "Suggestion_Feedback_vod__c.csv|suggestion_feedback__v.csv",
        "Id,Suggestion_vod__c,Activity_Execution_Type_vod__c,CreatedDate",
        "id,suggestion__v,activity_execution_type__v,created_date__v",
    ),
}
ACCOUNTS = [
    f"001A,Anna Novak,Anna,Nowak,true,{ANNA},Internal Medicine,2024-05-01T10:00:00.000Z",
    f"001M,Mill Clinic,,,false,{CLINIC},,2024-05-01T10:00:00.000Z",
    "001S,Side Street Infusions,,,false,,,2024-05-01T10:00:00.000Z",
    "001N,Cara Nobody,Cara,Nobody,true,,,2024-05-01T10:00:00.000Z",
]


def export(deliveries: Any, date: str, layout: str = CLASSIC, **objects: list[str]) -> None:
    """Files of one delivery; each object's rows, in the columns of `OBJECTS`."""
    for name, rows in objects.items():
        files, classic, vault = OBJECTS[name]
        file = files.split("|")[0 if layout == CLASSIC else 1]
        header = classic if layout == CLASSIC else vault
        deliveries.add(date, f"crm/{file}", "\n".join([header, *rows]) + "\n")


@pytest.fixture
def registry(deliveries: Any) -> None:
    """Anna and the clinic of the registry, one rep, two products, and the CRM's accounts and product."""
    clinic = {
        "NPI": CLINIC, "Entity Type Code": "2",
        "Provider Organization Name (Legal Business Name)": "MILL CLINIC LLC",
    }  # fmt: skip
    deliveries.nppes("2025-01-01", person(ANNA), clinic)
    deliveries.products("2025-01-01")
    deliveries.add("2025-01-01", "alignment/territories.csv", "territory_id,name,level,parent_id\nA,North,territory,\n")
    deliveries.add("2025-01-01", "alignment/hcp_territories.csv", "npi,territory_id,from,to\n")
    reps = "user_id,name,role,territory_id,from,to,calls_per_week\nU1,Some One,rep,A,2024-01-01,,30\n"
    deliveries.add("2025-01-01", "alignment/reps.csv", reps)
    export(deliveries, "2025-01-01", account=ACCOUNTS, product=["00P1,Avela,PRD-1"])


def crm(report: RefreshReport) -> SourceReport:
    (found,) = [source for source in report.sources if source.name == "crm"]
    return found


@pytest.mark.parametrize("layout", [CLASSIC, VAULT])
@pytest.mark.usefixtures("registry")
def test_both_generations_of_the_export_make_the_same_graph(
    deliveries: Any, run: Run, neo4j_empty: Store, layout: str
) -> None:
    # given
    def word(text: str) -> str:
        return f"{text}_vod" if layout == CLASSIC else f"{text.lower()}__v"

    export(
        deliveries, "2025-01-08", layout,
        call=[
            f"a04-1,001A,U1,2025-01-06,Detail Only,{word('Face_to_face')},20,{word('Submitted')},"
            "2025-01-06T18:00:00.000Z",
            f"a04-2,001M,U1,2025-01-07T09:30:00.000Z,Group Detail,{word('Phone')},,{word('Planned')},"
            "2025-01-07T18:00:00.000Z",
        ],
        detail=["a05-1,a04-1,00P1,2"],
        email=[f"a06-1,001A,U1,00P1,2025-01-05T08:00:00.000Z,{word('Delivered')},1,0"],
        consent=[f"a07-1,001A,{word('Email')},{word('Opt_In')},2025-01-04T08:00:00Z"],
        suggestion=[
            "a08-1,001A,U1,00P1,Call on her,Wrote more of late,"
            f"{word('Urgent')},2025-01-03,treatment,0.5"
        ],
        feedback=[f"a09-1,a08-1,{word('Mark_As_Complete')},2025-01-06T19:00:00.000Z"],
    )  # fmt: skip

    # when
    report = run()

    # then
    assert (crm(report).rows_in, crm(report).rows_loaded, crm(report).rows_quarantined) == (12, 12, 0)
    calls = neo4j_empty.read(
        "MATCH (r:Rep)-[:MADE]->(i:Interaction)-[:WITH]->(with) OPTIONAL MATCH (i)-[d:DETAILED]->(p:Product) "
        "RETURN i.channel AS channel, i.kind AS kind, toString(i.occurredOn) AS day, i.durationMinutes AS minutes, "
        "i.status AS status, i.opened AS opened, i.clicked AS clicked, with.npi AS npi, r.userId AS rep, "
        "p.productId AS product, d.position AS position ORDER BY day"
    )
    nothing = {"opened": None, "clicked": None, "minutes": None, "product": None, "position": None, "rep": "U1"}
    assert calls == [
        nothing | {
            "channel": "email", "kind": "email", "day": "2025-01-05", "status": "delivered", "opened": True,
            "clicked": False, "npi": ANNA, "product": "PRD-1", "position": 1,
        },
        nothing | {
            "channel": "face_to_face", "kind": "detail_only", "day": "2025-01-06", "status": "submitted",
            "minutes": 20, "npi": ANNA, "product": "PRD-1", "position": 2,
        },
        nothing | {
            "channel": "phone", "kind": "group_detail", "day": "2025-01-07", "status": "planned", "npi": CLINIC,
        },
    ]  # fmt: skip
    assert one(
        neo4j_empty,
        "MATCH (:HCP {npi: $npi})-[:GAVE]->(c:Consent) RETURN c.channel AS channel, c.choice AS choice, "
        "toString(c.capturedOn) AS day",
        npi=ANNA,
    ) == {"channel": "email", "choice": "opt_in", "day": "2025-01-04"}
    assert one(
        neo4j_empty,
        "MATCH (r:Rep)<-[:TO]-(s:Suggestion)-[:SUGGESTS]->(h:HCP), (s)-[:FOR]->(p:Product) RETURN r.userId AS rep, "
        "h.npi AS npi, p.productId AS product, s.title AS title, s.reason AS reason, s.priority AS priority, "
        "toString(s.suggestedOn) AS day, s.arm AS arm, s.propensity AS propensity, s.response AS response, "
        "toString(s.respondedOn) AS responded",
    ) == {
        "rep": "U1", "npi": ANNA, "product": "PRD-1", "title": "Call on her", "reason": "Wrote more of late",
        "priority": "urgent", "day": "2025-01-03", "arm": "treatment", "propensity": 0.5, "response": "completed",
        "responded": "2025-01-06",
    }  # fmt: skip


@pytest.mark.usefixtures("registry")
def test_the_registry_stands_and_the_export_fills_its_gaps(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: the export spells Anna's name differently and knows where her practice is, as two addresses
    export(
        deliveries, "2025-01-01",
        address=[
            "a01-1,001A,1 Old Road,Oldham,CT,06001-1234,false,2024-06-01T00:00:00.000Z",
            "a01-2,001A,2 New Road,Newham,CT,06002-1234,true,2024-05-01T00:00:00.000Z",
            "a01-3,001S,3 Side Street,Sidham,CT,06003,,2024-05-01T00:00:00.000Z",
        ],
    )  # fmt: skip

    # when
    run()

    # then
    anna = one(neo4j_empty, "MATCH (n:HCP) RETURN n {.*} AS n")["n"]
    assert (anna["lastName"], anna["firstName"], anna["specialty"]) == ("NOVAK", "Anna", "Internal Medicine")
    assert (anna["city"], anna["state"], anna["zip5"]) == ("SPRINGFIELD", "CT", "06002")
    accounts = neo4j_empty.read(
        "MATCH (n:Account)<-[:OF]-(i:Identifier {system: 'crm_account_id'}) "
        "RETURN i.value AS crm, n.npi AS npi, n.name AS name, n.kind AS kind, n.city AS city ORDER BY crm"
    )
    assert accounts == [
        {"crm": "001M", "npi": CLINIC, "name": "MILL CLINIC LLC", "kind": None, "city": None},
        {"crm": "001N", "npi": None, "name": None, "kind": "CRM contact without NPI", "city": None},
        {
            "crm": "001S",
            "npi": None,
            "name": "Side Street Infusions",
            "kind": "CRM account without NPI",
            "city": "Sidham",
        },
    ]


@pytest.mark.usefixtures("registry")
def test_two_records_of_one_person_are_one_person(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: a second record with the same NPI, a call filed under each, and the first record twice, old and new
    export(
        deliveries, "2025-01-08",
        account=[
            f"001A,Anna Novak,Annie,Novak,true,{ANNA},Cardiology,2024-07-01T10:00:00.000Z",
            f"001B,A. Novak,A.,Novak,true,{ANNA},,2023-01-01T10:00:00.000Z",
            f"001A,Anna Novak,Ann,Novak,true,{ANNA},Surgery,2022-07-01T10:00:00.000Z",
        ],
        call=[
            "a04-1,001A,U1,2025-01-06,,,,Submitted_vod,",
            "a04-2,001B,U1,2025-01-07,,,,Submitted_vod,",
        ],
    )  # fmt: skip

    # when
    run()

    # then: the row that was changed last speaks, in whichever order the file has them
    found = one(
        neo4j_empty,
        "MATCH (h:HCP)<-[:WITH]-(i:Interaction) RETURN h.firstName AS first, h.specialty AS specialty, count(i) AS n",
    )
    assert found == {"first": "Annie", "specialty": "Cardiology", "n": 2}
    keys = neo4j_empty.read("MATCH (i:Identifier)-[:OF]->(:HCP) RETURN i.key AS key ORDER BY key")
    assert [row["key"] for row in keys] == ["crm_account_id|001A", "crm_account_id|001B", f"npi|{ANNA}"]


@pytest.mark.usefixtures("registry")
def test_the_latest_capture_of_consent_wins_in_any_order(deliveries: Any, run: Run, neo4j_empty: Store) -> None:
    # given: out on the same day after in, under the person's second record; on the phone only one choice
    export(
        deliveries, "2025-01-08",
        account=[f"001B,A. Novak,A.,Novak,true,{ANNA},,2023-01-01T10:00:00.000Z"],
        consent=[
            "a07-2,001B,Email_vod,Opt_Out_vod,2025-01-04T16:30:00.000Z",
            "a07-1,001A,Email_vod,Opt_In_vod,2025-01-04T09:15:00.000Z",
            "a07-3,001A,Phone_vod,Opt_In_vod,2025-01-02T09:15:00.000Z",
        ],
    )  # fmt: skip
    first = run()
    query = (
        "MATCH (h:HCP)-[:GAVE]->(c:Consent) "
        "RETURN c.id AS id, c.channel AS channel, c.choice AS choice, toString(c.capturedOn) AS day ORDER BY channel"
    )
    before = neo4j_empty.read(query)

    # when: an older choice arrives late, then a newer one
    export(deliveries, "2025-01-15", consent=["a07-4,001A,Email_vod,Opt_In_vod,2025-01-03T09:00:00.000Z"])
    late = run()
    between = neo4j_empty.read(query)
    export(deliveries, "2025-01-22", VAULT, consent=["a07-5,001A,email__v,opt_in__v,2025-01-20T09:00:00.000+0000"])
    run()
    after = neo4j_empty.read(query)

    # then
    assert crm(first).rows_quarantined == 0
    assert [(row["channel"], row["choice"], row["day"]) for row in before] == [
        ("email", "opt_out", "2025-01-04"),
        ("phone", "opt_in", "2025-01-02"),
    ]
    assert (between, late.write_transactions) == (before, 0)
    assert after == [before[0] | {"choice": "opt_in", "day": "2025-01-20"}, before[1]]


@pytest.mark.usefixtures("registry")
def test_what_cannot_be_placed_is_put_aside_with_its_reason(
    deliveries: Any, run: Run, neo4j_empty: Store, neo4j_settings: Settings
) -> None:
    # given: an unknown NPI and a call under it, a false NPI, a choice that is none, a date that is none, an unknown
    # employee, product, call and suggestion, a negative duration, and the consent of somebody who is no known HCP
    export(
        deliveries, "2025-01-08",
        account=[
            f"001X,Bert Novak,Bert,Novak,true,{BERT},,2024-05-01T10:00:00.000Z",
            "001Y,Dora Novak,Dora,Novak,true,1234567890,,2024-05-01T10:00:00.000Z",
        ],
        product=["00P9,Ghost,PRD-9"],
        call=[
            "a04-1,001X,U1,2025-01-06,,,,Submitted_vod,",
            "a04-2,001A,U9,2025-01-06,,,,Submitted_vod,",
            "a04-3,001A,U1,yesterday,,,,Submitted_vod,",
            "a04-4,001A,U1,2025-01-06,,,-5,Submitted_vod,",
            "a04-5,001A,U1,2025-01-06,,Carrier_Pigeon_vod,5,Submitted_vod,",
        ],
        detail=["a05-1,a04-9,00P1,1", "a05-2,a04-5,00P9,1"],
        consent=[
            "a07-1,001A,Email_vod,Perhaps_vod,2025-01-04T16:30:00.000Z",
            "a07-2,001A,Email_vod,Opt_In_vod,0002-01-04",
            "a07-3,001N,Email_vod,Opt_In_vod,2025-01-04",
        ],
        feedback=["a09-1,a08-9,Dismiss_vod,2025-01-06T19:00:00.000Z"],
    )  # fmt: skip

    # when
    report = run()

    # then
    found = crm(report)
    assert (found.rows_in, found.rows_loaded, found.rows_quarantined) == (19, 6, 13)
    moment = "is not a date with time as ISO 8601 writes it"
    choices = "is not one of Opt_In_vod, Opt_Out_vod, Opt_In, Opt_Out, opt_in__v, opt_out__v, opt_in, opt_out"
    folder = "2025-01-08/crm"
    assert sorted(put_aside(neo4j_settings, "crm")) == [
        (f"{folder}/Account.csv", 2, "npi", "is not known as npi", BERT),
        (f"{folder}/Account.csv", 3, "npi", "is not a valid NPI", "1234567890"),
        (f"{folder}/Call2_Detail_vod__c.csv", 2, "call_id", "names a row of calls that is not there", "a04-9"),
        (f"{folder}/Call2_Detail_vod__c.csv", 3, "product", "names a row of products that is not there", "00P9"),
        (f"{folder}/Call2_vod__c.csv", 2, "account_id", "names a row of accounts that is not there", "001X"),
        (f"{folder}/Call2_vod__c.csv", 3, "user_id", "is not known as user_id", "U9"),
        (f"{folder}/Call2_vod__c.csv", 4, "called_at", moment, "yesterday"),
        (f"{folder}/Call2_vod__c.csv", 5, "minutes", "is below 0", "-5"),
        (f"{folder}/Multichannel_Consent_vod__c.csv", 2, "choice", choices, "Perhaps_vod"),
        (f"{folder}/Multichannel_Consent_vod__c.csv", 3, "captured_at", moment, "0002-01-04"),
        (f"{folder}/Multichannel_Consent_vod__c.csv", 4, "account_id", "is not known as HCP crm_account_id", "001N"),
        (f"{folder}/Product_vod__c.csv", 2, "product_id", "is not known as product_id", "PRD-9"),
        (
            f"{folder}/Suggestion_Feedback_vod__c.csv",
            2,
            "suggestion_id",
            "names a row of suggestions that is not there",
            "a08-9",
        ),
    ]
    assert neo4j_empty.read("MATCH (i:Interaction)-[:WITH]->(h) RETURN i.channel AS channel, h.npi AS npi") == [
        {"channel": "other", "npi": ANNA}
    ]
    assert neo4j_empty.read("MATCH (c:Consent) RETURN count(c) AS n") == [{"n": 0}]

    # when: the registry learns of Bert
    deliveries.nppes("2025-01-15", person(BERT))
    run()

    # then: his account and the call are tried again, without being delivered again
    assert neo4j_empty.read("MATCH (:Interaction)-[:WITH]->(h:HCP) RETURN h.npi AS npi ORDER BY npi") == [
        {"npi": ANNA},
        {"npi": BERT},
    ]


@pytest.mark.usefixtures("registry")
def test_an_account_that_turns_out_to_be_somebody_takes_its_calls_along(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given: calls on a contact without NPI
    export(deliveries, "2025-01-08", call=["a04-1,001N,U1,2025-01-06,,,,Submitted_vod,"])
    run()
    query = "MATCH (:Interaction)-[:WITH]->(who) RETURN labels(who)[0] AS label, who.npi AS npi"
    assert neo4j_empty.read(query) == [{"label": "Account", "npi": None}]

    # when: its NPI is entered
    export(deliveries, "2025-01-15", account=[f"001N,Anna Novak,Anna,Novak,true,{ANNA},,2025-01-10T10:00:00.000Z"])
    run()

    # then
    assert neo4j_empty.read(query) == [{"label": "HCP", "npi": ANNA}]


@pytest.mark.usefixtures("registry")
def test_a_deleted_record_goes_and_the_same_delivery_twice_writes_nothing(
    deliveries: Any, run: Run, neo4j_empty: Store
) -> None:
    # given
    export(
        deliveries, "2025-01-08",
        call=["a04-1,001A,U1,2025-01-06,,,,Submitted_vod,", "a04-2,001A,U1,2025-01-07,,,,Submitted_vod,"],
    )  # fmt: skip
    run()
    before = everything(neo4j_empty)

    # when
    again = run()

    # then
    assert again.write_transactions == 0
    assert everything(neo4j_empty) == before

    # when
    header = OBJECTS["call"][1] + ",IsDeleted\n"
    deliveries.add(
        "2025-01-15", "crm/Call2_vod__c.csv", header + "a04-2,001A,U1,2025-01-07,,,,Submitted_vod,2025-01-14,true\n"
    )
    report = run()

    # then
    assert (crm(report).inserted, crm(report).rows_quarantined) == (0, 0)
    made = neo4j_empty.read("MATCH (:Rep)-[:MADE]->(i)-[:WITH]->() RETURN toString(i.occurredOn) AS day")
    assert made == [{"day": "2025-01-06"}]
