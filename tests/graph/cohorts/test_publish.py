"""Publishing on a real server: months once, the graph as the ledger says, nothing half, nothing twice."""

import datetime
import json

import pytest

from graph.cohorts.publication import COHORTS
from graph.cohorts.publish import publish_cohorts as publish
from graph.disclosure import publish as job
from graph.disclosure.edition import Edition
from graph.disclosure.ledger import Ledger
from graph.disclosure.months import Reach
from graph.errors import DisclosureError, GraphMismatch
from graph.store import open_store

JANUARY, FEBRUARY = datetime.date(2025, 1, 1), datetime.date(2025, 2, 1)
FACTS = """
UNWIND $starts AS fact
MATCH (hcp:HCP {id: fact.hcp}), (product:Product {id: 'prd_own'}), (plan:Plan {kind: fact.plan})
MERGE (person:Patient {id: fact.person})
CREATE (start:TherapyStart {id: fact.id, writtenOn: date(fact.written), knownAt: date(fact.known),
  dispensedOn: CASE WHEN fact.dispensed THEN date(fact.written) END,
  firstBarrier: CASE WHEN fact.rejected THEN 'PA' END})
CREATE (start)-[:WRITTEN_BY]->(hcp)
CREATE (start)-[:FOR]->(product)
CREATE (start)-[:FOR_PATIENT]->(person)
CREATE (start)-[:COVERED_BY]->(plan)
"""
SHOWN = """
MATCH (cohort:Cohort)-[:FOR]->(product:Product {id: 'prd_own'})
RETURN cohort.month AS month, cohort.planKind AS plan, cohort.state AS state, cohort.siteOfCare AS site,
  cohort.level AS level, cohort.patients AS patients, cohort.dispensed AS dispensed, cohort.rejected AS rejected,
  cohort.suppressed AS suppressed, cohort.edition AS edition
"""


def starts(month, hcp, plan, people, *, dispensed=0, rejected=0, name=""):
    """So many people of one prescriber and plan kind who started in a month, known three days later."""
    return [
        {
            "id": f"tst_{month}_{hcp}_{plan}_{name}{at}",
            "person": f"pat_{month}_{hcp}_{plan}_{name}{at}",
            "hcp": hcp,
            "plan": plan,
            "written": f"{month}-10",
            "known": f"{month}-13",
            "dispensed": at < dispensed,
            "rejected": at >= people - rejected,
        }
        for at in range(people)
    ]


JANUARY_STARTS = [
    *starts("2025-01", "hcp_oh", "HMO", 40, dispensed=25, rejected=20),
    *starts("2025-01", "hcp_oh", "PDP", 4),
    *starts("2025-01", "hcp_mi", "HMO", 30),
    *starts("2025-01", "hcp_mi", "PDP", 50),
]


@pytest.fixture
def twin(neo4j_empty):
    """Two prescribers in two states, two plan kinds, a cut first month, a whole January."""
    neo4j_empty.write(
        "CREATE (hospital:Account {id: 'acc_1', kind: 'Hospital'}), (:Product {id: 'prd_own'}), "
        "(:Plan {id: 'pln_1', kind: 'HMO'}), (:Plan {id: 'pln_2', kind: 'PDP'}), "
        "(:Source {name: 'rx_claims', deliveredOn: date('2025-04-01')}), "
        "(:HCP {id: 'hcp_oh', state: 'OH'})-[:AFFILIATED_WITH]->(hospital), "
        "(:HCP {id: 'hcp_mi', state: 'MI'})-[:AFFILIATED_WITH]->(hospital)"
    )
    neo4j_empty.write(
        FACTS, starts=[*starts("2024-12", "hcp_oh", "HMO", 20), *JANUARY_STARTS, *starts("2025-03", "hcp_oh", "HMO", 1)]
    )
    known_to(neo4j_empty, "2025-04-01")
    return neo4j_empty


def known_to(store, day):
    """Claims are there, and delivered, up to the day."""
    store.write("MATCH (start:TherapyStart {id: 'tst_2025-03_hcp_oh_HMO_0'}) SET start.knownAt = date($day)", day=day)
    store.write("MATCH (source:Source) SET source.deliveredOn = date($day)", day=day)


def publish_cohorts(settings):
    """One run on the server of the settings."""
    with open_store(settings) as store:
        return publish(settings, store)


def shown(store, month=JANUARY):
    rows = [row for row in store.read(SHOWN) if row["month"].to_native() == month]
    return {(row["plan"], row["state"], row["site"]): row for row in rows}


def test_a_mature_month_is_published_with_its_small_cell_safe(twin, neo4j_settings):
    # when
    report = publish_cohorts(neo4j_settings)

    # then: December is cut, February and March are not mature (or have no start)
    assert report.published == ("2025-01",)
    cells = shown(twin)
    assert len(cells) == report.groups == 3 * 3 * 2
    total = cells["all", "all", "all"]
    assert (total["patients"], total["dispensed"], total["rejected"], total["level"]) == (124, 25, 20, "all")
    assert [cells[plan, "all", "all"]["patients"] for plan in ("HMO", "PDP")] == [70, 54]
    assert [cells["all", state, "all"]["patients"] for state in ("MI", "OH")] == [80, 44]
    four = [cells[plan, state, "all"] for plan in ("HMO", "PDP") for state in ("MI", "OH")]
    assert [(cell["patients"], cell["suppressed"]) for cell in four] == [(None, True)] * 4
    assert {cell["level"] for cell in four} == {"planKind+state"}
    assert {row["edition"] for row in cells.values()} == {"2025-01@2025-04-01"}


def test_a_second_run_changes_nothing(twin, neo4j_settings):
    # given
    publish_cohorts(neo4j_settings)
    before, sequence = shown(twin), twin.read("refresh/published")

    # when
    again = publish_cohorts(neo4j_settings)

    # then
    assert (again.published, again.written, again.groups) == ((), (), 18)
    assert shown(twin) == before
    assert twin.read("refresh/published") == sequence


def test_late_claims_and_a_new_month_leave_a_published_month_as_it_is(twin, neo4j_settings):
    # given a published January, then people whose claims were late, one who was no start, and a mature February
    publish_cohorts(neo4j_settings)
    january = shown(twin)
    file = (neo4j_settings.home / "cohorts" / "2025-01.json").read_bytes()
    twin.write(FACTS, starts=starts("2025-01", "hcp_mi", "PDP", 3, name="late"))
    twin.write(
        "MATCH (start:TherapyStart {id: 'tst_2025-01_hcp_oh_HMO_0'}) SET start.supersededAt = date('2025-05-01')"
    )
    twin.write(FACTS, starts=starts("2025-02", "hcp_mi", "HMO", 33))
    known_to(twin, "2025-05-01")

    # when
    report = publish_cohorts(neo4j_settings)

    # then: nothing can be subtracted from anything
    assert (report.published, report.written) == (("2025-02",), ("2025-02",))
    assert shown(twin) == january
    assert (neo4j_settings.home / "cohorts" / "2025-01.json").read_bytes() == file
    assert shown(twin, FEBRUARY)["all", "all", "all"]["patients"] == 33


def test_a_graph_that_was_lost_gets_what_was_published_and_not_what_would_be_today(twin, neo4j_settings):
    # given
    publish_cohorts(neo4j_settings)
    january = shown(twin)
    twin.write("MATCH (cohort:Cohort) WHERE cohort.level <> 'all' DETACH DELETE cohort")
    twin.write(FACTS, starts=starts("2025-01", "hcp_mi", "PDP", 3, name="late"))

    # when
    report = publish_cohorts(neo4j_settings)

    # then
    assert (report.published, report.written) == ((), ("2025-01",))
    assert shown(twin) == january


def test_a_run_that_was_cut_off_before_the_graph_is_finished_by_the_next(twin, neo4j_settings, monkeypatch):
    # given
    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(job, "write_edition", cut)
        with pytest.raises(KeyboardInterrupt):
            publish_cohorts(neo4j_settings)
    assert shown(twin) == {}
    twin.write(FACTS, starts=starts("2025-01", "hcp_mi", "PDP", 3, name="late"))

    # when
    report = publish_cohorts(neo4j_settings)

    # then
    assert (report.published, report.written) == ((), ("2025-01",))
    assert shown(twin)["all", "all", "all"]["patients"] == 124


def test_a_person_who_started_twice_in_a_month_counts_once_with_the_first_start(twin, neo4j_settings):
    # given people of Ohio who start again in Michigan
    again = [fact | {"id": fact["id"] + "_2", "hcp": "hcp_mi", "written": "2025-01-20"} for fact in JANUARY_STARTS[:40]]
    twin.write(FACTS, starts=again)

    # when
    publish_cohorts(neo4j_settings)

    # then
    cells = shown(twin)
    assert [cells["all", state, "all"]["patients"] for state in ("all", "MI", "OH")] == [124, 80, 44]


def test_people_of_a_prescriber_who_withholds_prescribing_are_in_no_cohort(twin, neo4j_settings):
    # given a third prescriber, in Michigan, who withholds from a day to come, with people of their own
    twin.write("CREATE (:HCP {id: 'hcp_out', state: 'MI', optedOutOn: date('2026-01-01')})")
    twin.write(FACTS, starts=starts("2025-01", "hcp_out", "HMO", 30, dispensed=15))

    # when
    publish_cohorts(neo4j_settings)

    # then: as if they had not started
    total = shown(twin)["all", "all", "all"]
    assert (total["patients"], total["dispensed"], total["rejected"]) == (124, 25, 20)
    assert shown(twin)["all", "MI", "all"]["patients"] == 80


def test_a_month_that_does_not_pass_the_audit_is_not_published(twin, neo4j_settings, monkeypatch):
    # given a choice that withholds nothing but the small counts
    honest = job.choose

    def careless(table):
        choice = honest(table)
        choice.published[:] = table.lattice.publishable & (table.quantities > 10)
        return choice

    monkeypatch.setattr(job, "choose", careless)

    # when
    with pytest.raises(DisclosureError, match="2025-01: the audit of product 'prd_own' is not passed") as caught:
        publish_cohorts(neo4j_settings)

    # then
    assert caught.value.exit_code == 8
    assert shown(twin) == {}
    assert Ledger(neo4j_settings, COHORTS).months() == set()


def test_a_graph_with_a_month_that_nobody_remembers_is_refused(twin, neo4j_settings):
    # given
    publish_cohorts(neo4j_settings)
    january = shown(twin)
    (neo4j_settings.home / "cohorts" / "2025-01.json").unlink()

    # when
    with pytest.raises(GraphMismatch, match="has cohorts of 2025-01"):
        publish_cohorts(neo4j_settings)

    # then
    assert shown(twin) == january


def test_a_damaged_edition_is_refused(twin, neo4j_settings):
    # given
    publish_cohorts(neo4j_settings)
    path = neo4j_settings.home / "cohorts" / "2025-01.json"
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")

    # when / then
    with pytest.raises(GraphMismatch, match="is not an edition of cohorts"):
        publish_cohorts(neo4j_settings)


def test_the_ledger_holds_no_withheld_count_and_is_never_overwritten(twin, neo4j_settings):
    # given
    publish_cohorts(neo4j_settings)
    path = neo4j_settings.home / "cohorts" / "2025-01.json"
    kept = json.loads(path.read_text(encoding="utf-8"))

    # when
    counts = [count for _, row in kept["products"]["prd_own"] for count in row if count is not None]
    edition = Edition.from_json(COHORTS, kept)

    # then
    assert [count for count in counts if 0 < count < 11] == []
    with pytest.raises(FileExistsError):
        Ledger(neo4j_settings, COHORTS).keep(edition)
    assert json.loads(path.read_text(encoding="utf-8")) == kept


def test_a_month_that_is_withdrawn_stays_closed(twin, neo4j_settings):
    # given
    publish_cohorts(neo4j_settings)
    path = neo4j_settings.home / "cohorts" / "2025-01.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"products": {}}), encoding="utf-8")

    # when
    report = publish_cohorts(neo4j_settings)

    # then
    assert (report.published, report.written, shown(twin)) == ((), ("2025-01",), {})
    assert publish_cohorts(neo4j_settings).written == ()


def test_an_empty_twin_publishes_nothing(neo4j_empty, neo4j_settings):
    report = publish_cohorts(neo4j_settings)

    assert (report.published, report.groups, report.known_to) == ((), 0, None)


@pytest.mark.parametrize(
    ("known", "months"),
    [
        pytest.param("2025-03-31", [], id="a day before"),
        pytest.param("2025-04-01", ["2025-01"], id="60 days after the 31st of January"),
        pytest.param("2025-04-28", ["2025-01"], id="a day before February"),
        pytest.param("2025-04-29", ["2025-01", "2025-02"], id="60 days after the 28th of February"),
    ],
)
def test_a_month_is_mature_sixty_days_after_its_last_day(known, months):
    reach = Reach(datetime.date(2024, 12, 10), datetime.date.fromisoformat(known))

    assert [f"{month:%Y-%m}" for month in reach.mature_months()] == months
