"""From a real graph to predictions in it: read, train, score, write, and replace without a half state."""

import datetime
import json

import numpy as np
import pytest
from click.testing import CliRunner

from api.commands.models import command as models_command
from api.commands.peer_effect import command as peer_effect_command
from gnn.components import clinical_lead, components
from gnn.explain import chosen
from gnn.explain.chosen import highest
from gnn.explain.request import explain
from gnn.peer_effect import panel
from gnn.peer_effect.report import peer_effect
from gnn.prediction import Prediction, Reason
from gnn.samples import adoption_rows, sample_of
from gnn.score import score
from gnn.tasks import TASKS, split_time
from gnn.train import train
from gnn.view import View
from gnn.write import write_predictions
from graph.errors import ModelError, NotFound
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.history.snapshot_tables import EVER, NEVER, date_of
from graph.settings import Settings

AS_OF = datetime.date(2025, 11, 1)
RELATED = {
    "affiliation": "MATCH (a:HCP {id: row[0]}), (b:Account {id: row[1]}) CREATE (a)-[:AFFILIATED_WITH]->(b)",
    "plan_policy": "MATCH (a:Plan {id: row[0]}), (b:CoveragePolicy {id: row[1]}) CREATE (a)-[:HAS_POLICY]->(b)",
}


def _day(value):
    return None if value in (NEVER, EVER) else date_of(value)


def load_graph(store, snapshot):
    """Write a snapshot as a graph, so that reading it back can be compared."""
    table = snapshot.tables

    def rows(name, *columns):
        return [list(row) for row in zip(*(_plain(table[name][column]) for column in columns), strict=True)]

    def run(text, data):
        for low in range(0, len(data), 5000):
            store.write("UNWIND $rows AS row " + text, rows=data[low : low + 5000])

    run(
        "CREATE (:Product {id: row[0], brand: row[1], own: row[2] = 1, launchedOn: row[3]})",
        rows("product", "id", "brand", "own", "launched_on"),
    )
    run(
        "CREATE (:HCP {id: row[0], npi: row[1], primaryTaxonomy: row[2], state: row[3], "
        "sex: row[4], enumeratedOn: row[5], knownAt: row[6]})",
        rows("hcp", "id", "npi", "taxonomy", "state", "sex", "enumerated_on", "known_at"),
    )
    run(
        "CREATE (:Account {id: row[0], name: row[1], kind: row[2], knownAt: row[3]})",
        rows("account", "id", "name", "kind", "known_at"),
    )
    run("CREATE (:Territory {id: row[0], name: row[1]})", rows("territory", "id", "name"))
    run("CREATE (:Payer {id: row[0], name: row[1]})", rows("payer", "id", "name"))
    run(
        "MATCH (p:Payer {id: row[3]}) CREATE (p)-[:OFFERS]->(:Plan {id: row[0], name: row[1], kind: row[2]})",
        rows("plan", "id", "name", "kind", "payer"),
    )
    run(
        "MATCH (p:Product {id: row[1]}) CREATE (:CoveragePolicy {id: row[0], tier: toInteger(row[2]), "
        "priorAuthorization: row[3] = 1, stepTherapy: row[4] = 1, quantityLimit: row[5] = 1, effectiveFrom: row[6], "
        "effectiveTo: row[7], knownAt: row[8]})-[:FOR]->(p)",
        rows(
            "policy", "id", "product", "tier", "prior_authorization", "step_therapy", "quantity_limit",
            "effective_from", "effective_to", "known_at",
        ),
    )  # fmt: skip
    run(RELATED["plan_policy"], rows("plan_policy", "plan", "policy"))
    run(RELATED["affiliation"], rows("affiliation", "hcp", "account"))
    run(
        "MATCH (a:HCP {id: row[0]}), (b:Territory {id: row[1]}) "
        "CREATE (a)-[:IN_TERRITORY {`from`: row[2], `to`: row[3]}]->(b)",
        rows("alignment", "hcp", "territory", "from", "to"),
    )
    run(
        "MATCH (a:HCP {id: row[0]}), (b:HCP {id: row[1]}) CREATE (a)-[:SHARES_PATIENTS {year: toInteger(row[2]), "
        "patients: toInteger(row[3]), knownAt: row[4]}]->(b)",
        rows("share", "source", "target", "year", "patients", "known_at"),
    )
    rejects = {}
    for start, barrier, known in rows("reject", "start", "barrier", "known_at"):
        rejects.setdefault(start, ([], []))
        rejects[start][0].append(barrier)
        rejects[start][1].append(known)
    starts = rows(
        "start", "id", "hcp", "product", "plan", "written_on", "known_at", "superseded_at", "paid_on",
        "paid_known_at", "reversed_on", "reversed_known_at",
    )  # fmt: skip
    run(
        "MATCH (h:HCP {id: row[1]}), (p:Product {id: row[2]}), (l:Plan {id: row[3]}) "
        "CREATE (s:TherapyStart {id: row[0], writtenOn: row[4], knownAt: row[5], supersededAt: row[6], "
        "paidOn: row[7], paidKnownAt: row[8], "
        "reversedOn: row[9], reversedKnownAt: row[10], rejectGroups: row[11], rejectKnownAt: row[12]}) "
        "CREATE (s)-[:WRITTEN_BY]->(h) CREATE (s)-[:FOR]->(p) CREATE (s)-[:COVERED_BY]->(l)",
        [[*row, *rejects.get(row[0], ([], []))] for row in starts],
    )

    run(
        "MATCH (h:HCP {id: row[1]}) CREATE (:Interaction {id: row[0], "
        "channel: CASE row[2] WHEN 1 THEN 'email' ELSE 'phone' END, occurredOn: row[3]})-[:WITH]->(h)",
        rows("call", "id", "hcp", "email", "occurred_on"),
    )
    run(
        "MATCH (h:HCP {id: row[1]}), (p:Product {id: row[2]}) CREATE (s:Suggestion {id: row[0], arm: row[3], "
        "propensity: row[4], suggestedOn: row[5]}) CREATE (s)-[:SUGGESTS]->(h) CREATE (s)-[:FOR]->(p)",
        rows("suggestion", "id", "hcp", "product", "arm", "propensity", "suggested_on"),
    )
    run(
        "MATCH (a:HCP {id: row[0]}), (b:HCP {id: row[1]}) CREATE (a)-[:NOMINATED {study: row[2], wave: row[3], "
        "weight: row[4], answeredOn: row[5]}]->(b)",
        rows("nomination", "source", "target", "study", "wave", "weight", "answered_on"),
    )
    run(
        "MATCH (h:HCP {id: row[1]}) CREATE (h)-[:CONTRIBUTED]->(:ScientificActivity "
        "{id: row[0], kind: row[2], matchScore: row[3], date: row[4] - duration({days: 30})})",
        rows("science", "id", "hcp", "kind", "score", "known_at"),
    )
    run(
        "MATCH (h:HCP {id: row[2]}), (p:Product {id: row[3]}) CREATE (s:Override {id: row[0], task: row[1], "
        "verdict: CASE row[5] WHEN 1 THEN 'will_happen' ELSE 'will_not_happen' END, madeOn: row[6], endedOn: row[7]}) "
        "CREATE (s)-[:ABOUT]->(h) CREATE (s)-[:FOR]->(p) WITH s, row "
        "MATCH (n:Plan {id: row[4]}) CREATE (s)-[:UNDER]->(n)",
        rows("override", "id", "task", "hcp", "product", "plan", "happens", "made_on", "ended_on"),
    )
    # Neither a plan nor a suggestion of somebody's choice belongs into a snapshot.
    store.write(
        "MATCH (h:HCP {id: $hcp}) CREATE (:Interaction {id: 'int_planned', status: 'planned', "
        "occurredOn: date('2024-03-01')})-[:WITH]->(h) "
        "CREATE (:Suggestion {id: 'sug_chosen', suggestedOn: date('2024-03-01')})-[:SUGGESTS]->(h)",
        hcp=str(table["hcp"]["id"][0]),
    )


def _plain(values):
    if values.dtype == np.int32:
        return [_day(int(value)) for value in values]
    return values.tolist()


@pytest.fixture
def loaded(neo4j_empty, make_snapshot):
    """A synthetic twin of 90 prescribers in a real graph, and the snapshot it was made of."""
    snapshot = make_snapshot(seed=4, hcps=90)
    load_graph(neo4j_empty, snapshot)
    return neo4j_empty, snapshot


def test_a_snapshot_read_from_the_graph_equals_the_one_it_was_made_of(loaded, neo4j_settings):
    # given
    store, made = loaded

    # when
    read = read_snapshot(store, neo4j_settings)

    # then, table by table, as of the newest day a claim arrived
    same = made.at(read.day)
    for name, table in same.tables.items():
        for column, values in table.items():
            assert np.array_equal(read.tables[name][column], values, equal_nan=values.dtype.kind == "f"), (name, column)
    assert read.fingerprint == same.fingerprint


def test_what_people_say_goes_from_the_graph_into_training_and_its_figures_into_the_registry(
    neo4j_empty, neo4j_settings, make_snapshot, monkeypatch
):
    # given a twin in which people knew of everybody who would adopt, and name ten more
    silent = make_snapshot(seed=4, hcps=90)
    task = TASKS["adoption"]
    newest = split_time(task, int(silent.column("start", "written_on").min()), silent.day).test[-1]
    past, now = sample_of(task, silent, newest), adoption_rows(View(silent))
    ids = silent.column("hcp", "id")
    judged = [(str(ids[hcp]), label, newest) for hcp, label in zip(past.hcp, past.label, strict=True)]
    open_ = [(str(name), 1.0, silent.day - 3) for name in ids[now.adoption.at_risk][:10]]
    said = [(f"ovr_{n:03}", "adoption", hcp, "own", "", *rest, NEVER) for n, (hcp, *rest) in enumerate(judged + open_)]
    columns = ("id", "task", "hcp", "product", "plan", "happens", "made_on", "ended_on")
    table = dict(zip(columns, map(list, zip(*said, strict=True)), strict=True))
    made = Snapshot.of(silent.day, {**silent.known, "override": table})
    load_graph(neo4j_empty, made)

    # when
    read = read_snapshot(neo4j_empty, neo4j_settings)
    train(neo4j_settings, "adoption")

    # then
    for column, values in made.at(read.day).tables["override"].items():
        assert np.array_equal(read.column("override", column), values), column
    assert read.fingerprint == made.at(read.day).fingerprint
    (row,) = neo4j_empty.read("MATCH (m:ModelVersion {task: 'adoption'}) RETURN m.metrics AS metrics")
    found = json.loads(row["metrics"])["overrides"]
    assert found["standing"] == 10
    events = int(sum(label for _, label, _ in judged))
    assert found["will_happen"]["matured"] == found["will_happen"]["came_true"] == events > 0
    assert found["heard"] == (10 if found["will_happen"]["weight"] else 0)
    monkeypatch.setattr(Settings, "load", lambda: neo4j_settings)
    told = CliRunner().invoke(models_command)
    assert f"    overrides: {found['words']}" in told.output.splitlines()


def test_a_snapshot_is_kept_until_the_next_refresh(loaded, neo4j_settings):
    # given a twin that a refresh has made
    store, _ = loaded
    store.write("CREATE (:RefreshRun {id: 'run-1', sequence: 1, fingerprint: 'a'})")
    first = read_snapshot(store, neo4j_settings)
    kept = sorted(path.name for path in (neo4j_settings.home / "state").iterdir())
    assert len(kept) == 1

    # when nothing was refreshed, a change by other hands is not read
    store.write("MATCH (hcp:HCP {id: 'hcp_0001'}) SET hcp.state = 'AK'")
    assert read_snapshot(store, neo4j_settings).fingerprint == first.fingerprint

    # and after a refresh it is
    store.write("CREATE (:RefreshRun {id: 'run-2', sequence: 2, fingerprint: 'b'})")
    again = read_snapshot(store, neo4j_settings)
    assert again.column("hcp", "state")[1] == "AK"
    assert sorted(path.name for path in (neo4j_settings.home / "state").iterdir()) != kept


def test_train_and_score_write_versions_and_predictions(loaded, neo4j_settings, monkeypatch):
    # given a twin that stores reasons for the five highest of a territory
    store, _ = loaded
    monkeypatch.setattr(chosen, "highest", lambda score, group: highest(score, group, 5))

    # when
    trained = train(neo4j_settings)
    reports = score(neo4j_settings)

    # then every prediction in the graph has its subject, product and model
    counts = store.read(
        "MATCH (p:Prediction) RETURN p.task AS task, count(p) AS rows, "
        "sum(COUNT { (p)-[:ABOUT]->() }) AS about, sum(COUNT { (p)-[:FOR]->() }) AS product, "
        "sum(COUNT { (p)-[:BY]->(:ModelVersion) }) AS model, "
        "min(CASE WHEN p.explained THEN COUNT { (p)-[:BECAUSE]->() } END) AS fewest, "
        "max(CASE WHEN NOT p.explained THEN COUNT { (p)-[:BECAUSE]->() } END) AS others, "
        "collect(DISTINCT p.dataClass) AS released, collect(DISTINCT p.asOf) AS days, "
        "collect(DISTINCT p.verdict) AS verdicts ORDER BY task"
    )
    assert [row["task"] for row in counts] == ["access_friction", "adoption", "influence"]
    written = {report.task: report.predictions for report in reports}
    for row in counts:
        assert row["rows"] == row["about"] == row["product"] == row["model"] == written[row["task"]]
        assert row["released"] == [row["task"]]
        assert [day.to_native() for day in row["days"]] == [reports[0].as_of]
    assert [row["fewest"] >= 1 for row in counts[:2]] == [True, True]
    assert [row["verdicts"] for row in counts] == [[], [], ["not identified"]]
    # and each component of influence is that of the day: facts of HCPs, and the lead beside its prediction
    view = View(read_snapshot(store, neo4j_settings))
    beside = store.read(
        "MATCH (h:HCP)<-[:ABOUT]-(p:Prediction {task: 'influence'}) RETURN collect(p.clinicalLead) AS lead, "
        "collect(h.scientificWorks) AS works, collect(h.patientsReceived) AS received, collect(h.timesNamed) AS named, "
        "collect(h.timesNamedByTies) AS by_ties, collect(DISTINCT h.componentsAsOf) AS days"
    )[0]
    found = components(view)
    for name in ("works", "received", "named", "by_ties"):
        assert sorted(beside[name]) == pytest.approx(sorted(getattr(found, name).tolist())), name
    lead = clinical_lead(view, view.snapshot.column("product", "id").tolist().index("own"))
    assert sorted(beside["lead"]) == pytest.approx(np.sort(lead[~np.isnan(lead)]).tolist())
    assert len(beside["lead"]) == 52
    assert [day.to_native() for day in beside["days"]] == [reports[0].as_of]
    assert [row["others"] or 0 for row in counts] == [0, 0, 0]
    under = store.read(
        "MATCH (p:Prediction) "
        "RETURN p.level = 'hcp_plan' AS by_plan, COUNT { (p)-[:UNDER]->() } AS plans, count(p) AS n"
    )
    assert {(row["by_plan"], row["plans"]) for row in under} == {(True, 1), (False, 0)}
    versions = store.read(
        "MATCH (m:ModelVersion) RETURN m.version AS version, m.promoted AS promoted, m.state AS state, "
        "m.stateReason AS reason, m.driftVerdict AS drift ORDER BY version"
    )
    assert versions == [
        {
            "version": report.version, "promoted": True, "state": "champion", "reason": report.decision.reason,
            "drift": None,
        }
        for report in trained
    ]  # fmt: skip

    # and reasons are stored for the highest of each territory; on request they are the same, and there for others
    stored = store.read(
        "MATCH (t:Territory)<-[:IN_TERRITORY]-(h:HCP)<-[:ABOUT]-(p:Prediction {task: 'adoption'}) "
        "WITH t, h, p ORDER BY p.value DESC, h.id WITH t, collect([h.id, h.npi, p.explained]) AS all "
        "RETURN all ORDER BY t.id"
    )
    for territory in stored:
        told = [explained for _, _, explained in territory["all"]]
        assert told == [place < 5 for place in range(len(told))]
    name, npi, _ = stored[0]["all"][0]
    texts = store.read(
        "MATCH (:HCP {id: $id})<-[:ABOUT]-(:Prediction {task: 'adoption'})-[r:BECAUSE]->() "
        "RETURN r.reason AS text, r.share AS share ORDER BY r.rank",
        id=name,
    )
    [asked] = explain(neo4j_settings, "adoption", npi).predictions
    assert [(one.text, pytest.approx(one.share, abs=1e-6)) for one in asked.reasons] == [
        (row["text"], row["share"]) for row in texts
    ]
    last, _, explained = max(stored, key=lambda territory: len(territory["all"]))["all"][-1]
    assert not explained
    assert len(explain(neo4j_settings, "adoption", last).predictions[0].reasons) >= 1

    # but nothing of who withholds, nor of what the twin does not know
    store.write("MATCH (h:HCP {id: $id}) SET h.optedOutOn = date('2025-01-01')", id=name)
    with pytest.raises(NotFound, match="withholds its prescribing"):
        explain(neo4j_settings, "adoption", npi)
    store.write("MATCH (h:HCP {id: $id}) REMOVE h.optedOutOn", id=name)
    with pytest.raises(NotFound, match="nothing is called '0000000000': give an id as the API shows it, or an NPI"):
        explain(neo4j_settings, "adoption", "0000000000")

    # and plans, payers, accounts and territories are found by what the API shows of them
    store.write("MATCH (p:Plan {id: 'plan_01'}) SET p.planKey = 'H1-001-000'")
    store.write("MATCH (t:Territory {id: 'ter_0'}) SET t.territoryId = 'T001', t.level = 'territory'")
    names = {
        row["id"]: row["name"] for row in store.read("MATCH (n:Payer|Territory) RETURN n.id AS id, n.name AS name")
    }
    plan = explain(neo4j_settings, "access_friction", "H1-001-000")
    assert (plan.subject.id, {one.level for one in plan.predictions}) == ("plan_01", {"plan"})
    for key, name in (("T001", "ter_0"), *((text, name) for name, text in names.items())):
        assert explain(neo4j_settings, "access_friction", key).subject.id == name
    told = plan.as_json()
    assert told["unit"] == "probability"
    assert told["horizon_days"] == 28
    first = told["predictions"][0]
    share = f"{100 * plan.predictions[0].value:.1f} %"
    assert first["words"].startswith(
        f"{first['brand']}: {share} of starts are expected not to be dispensed within 30 days"
    )
    assert "; main barrier: " in first["words"]

    # and who has no prediction of a task is told why, and what to ask
    adopter = store.read("MATCH (h:HCP) WHERE NOT EXISTS { (h)<-[:ABOUT]-({task: 'adoption'}) } RETURN h.npi AS npi")[0]
    with pytest.raises(NotFound, match="it has prescribed Ownira already; ask about influence or access_friction"):
        explain(neo4j_settings, "adoption", adopter["npi"])
    with pytest.raises(
        NotFound, match=r"adoption is predicted of HCPs that .* is a plan: give an NPI; a plan has access"
    ):
        explain(neo4j_settings, "adoption", "H1-001-000")
    store.write("MATCH (t:Territory {id: 'ter_0'}) SET t.level = 'district'")
    with pytest.raises(NotFound, match="is a district: ask about one of its territories"):
        explain(neo4j_settings, "access_friction", "T001")
    with pytest.raises(ModelError, match="influence needs no second opinion"):
        explain(neo4j_settings, "influence", npi, second_opinion=True)
    store.write("MATCH (p:Payer) WITH p LIMIT 1 CREATE (:Payer {id: 'pay_again', name: p.name})")
    with pytest.raises(NotFound, match=r"2 are called '.*': name one by its id: .*pay_again \(a payer\)"):
        explain(neo4j_settings, "access_friction", next(text for name, text in names.items() if name.startswith("pay")))
    store.write("MATCH (p:Payer {id: 'pay_again'}) DELETE p")

    # and scoring again changes nothing but the sequence
    before = _content(store)
    again = score(neo4j_settings)
    assert [(report.new, report.removed) for report in again] == [(0, 0)] * 3
    assert _content(store) == before


def _content(store):
    return store.read(
        "MATCH (p:Prediction)-[r]->(n) WITH p, r, n ORDER BY p.id, type(r), n.id, r.rank "
        "RETURN p.id AS id, properties(p) AS properties, type(r) AS type, n.id AS node, properties(r) AS reason"
    )


class _Model:
    id = "model_x"
    version = "adoption-x"


def _row(hcp, value, reasons=()):
    return Prediction("hcp", "HCP", hcp, "p", None, value, value - 0.1, value + 0.1, reasons=reasons)


@pytest.fixture
def three(neo4j_empty):
    neo4j_empty.write("UNWIND ['a', 'b', 'c'] AS id CREATE (:HCP {id: id})")
    neo4j_empty.write("CREATE (:Product {id: 'p'}) CREATE (:ModelVersion {id: 'model_x', version: 'adoption-x'})")
    return neo4j_empty


FIXED = {"dataClass": "adoption", "dataClasses": ["prescribing"], "unit": "probability", "horizonDays": 91}


def _values(store):
    rows = store.read("MATCH (p:Prediction)-[:ABOUT]->(h:HCP) RETURN h.id AS id, p.value AS value ORDER BY id")
    return {row["id"]: row["value"] for row in rows}


def test_new_predictions_replace_old_ones(three):
    # given
    reason = Reason("HCP", "b", "a peer", 0.2, ("network",))
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.3, (reason,)), _row("b", 0.4)])

    # when
    new, gone = write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("b", 0.5), _row("c", 0.6)])

    # then
    assert (new, gone) == (1, 1)
    assert _values(three) == {"b": 0.5, "c": 0.6}
    assert three.read("MATCH ()-[r:BECAUSE]->() RETURN count(r) AS n") == [{"n": 0}]
    assert three.read("MATCH (:Prediction)-[r:BY|FOR|ABOUT]->() RETURN type(r) AS t, count(r) AS n ORDER BY t") == [
        {"t": "ABOUT", "n": 2},
        {"t": "BY", "n": 2},
        {"t": "FOR", "n": 2},
    ]


def test_reasons_that_point_where_others_did_keep_their_relationship(three):
    # given reasons of which two point at the same node
    def reasons(*told):
        return tuple(Reason("HCP", node, text, share, ("network",)) for node, text, share in told)

    before = reasons(("b", "one", 0.3), ("c", "two", 0.2), ("b", "three", 0.1))
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.3, before), _row("c", 0.3, before)])
    stored = (
        "MATCH (:HCP {id: $hcp})<-[:ABOUT]-(:Prediction)-[r:BECAUSE]->(n) "
        "RETURN r.rank AS rank, n.id AS node, r.reason AS text, r.share AS share, elementId(r) AS id ORDER BY rank"
    )
    old, kept = three.read(stored, hcp="a"), three.read(stored, hcp="c")

    # when one changes places with another, one goes, and one comes
    after = reasons(("c", "two", 0.4), ("b", "one", 0.3), ("a", "four", 0.1))
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.3, after), _row("c", 0.3, before)])

    # then
    found = three.read(stored, hcp="a")
    assert [(row["rank"], row["node"], row["text"], row["share"]) for row in found] == [
        (1, "c", "two", 0.4),
        (2, "b", "one", 0.3),
        (3, "a", "four", 0.1),
    ]
    assert [row["id"] for row in found[:2]] == [old[1]["id"], old[0]["id"]]
    assert three.read(stored, hcp="c") == kept


CHANGES = (
    "MATCH (c:Change {label: 'Prediction'})-[:BY]->(:ModelVersion) "
    "RETURN c.entityId AS entity, c.property AS property, c.operation AS operation, "
    "c.kind AS kind, c.old AS old, c.new AS new, c.record AS record, c.run AS run, "
    "c.recordedOn AS recorded, c.dataClasses AS classes ORDER BY entity"
)


def test_the_log_gets_what_scoring_changed(three):
    # given: a baseline, which is not logged, dated by the newest delivery
    three.write(
        "CREATE (:RefreshRun {id: 'run-1', sequence: 1, finishedAt: datetime(), deliveredOn: date('2030-01-08')}) "
        "CREATE (:RefreshRun {id: 'run-2', sequence: 2, finishedAt: datetime(), deliveredOn: date('2030-01-01')})"
    )
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.3), _row("b", 0.4)])
    assert three.read(CHANGES) == []

    # when: one goes, one changes, one comes; then what changes is beyond what is shown
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("b", 0.5), _row("c", 0.6)])
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("b", 0.5001), _row("c", 0.6)])

    # then
    found = three.read(CHANGES)
    assert [(row["entity"], row["property"], row["operation"]) for row in found] == [
        ("a", None, "ended"),
        ("b", "value", "changed"),
        ("c", None, "added"),
    ]
    shown = {"task": "adoption", "product": "p", "value": 0.4, "low": 0.3, "high": 0.5, "model": "adoption-x"}
    assert json.loads(found[1]["old"]) == shown
    assert json.loads(found[1]["new"]) == shown | {"value": 0.5, "low": 0.4, "high": 0.6}
    assert found[0]["new"] is None
    assert found[2]["old"] is None
    for row in found:
        assert (row["kind"], row["record"], row["run"]) == ("model", "adoption-x", "run-2")
        assert row["recorded"].iso_format() == "2030-01-08"
        assert row["classes"] == ["adoption", "prescribing"]


def test_a_write_that_fails_leaves_the_old_predictions_and_the_counters_level(three, monkeypatch):
    # given
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.3)])
    import gnn.write

    def fails(*_):
        raise RuntimeError("connection lost")

    monkeypatch.setattr(gnn.write, "change_reasons", fails)

    # when
    with pytest.raises(RuntimeError, match="connection lost"):
        write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.9), _row("b", 0.9)])

    # then
    assert _values(three) == {"a": 0.3}
    counters = three.read("MATCH (s:Sequence) RETURN s.name AS name, s.value AS value ORDER BY name")
    assert counters == [{"name": "published", "value": 1}, {"name": "writing", "value": 1}]


def test_predictions_of_a_model_that_the_graph_lacks_are_refused(three):
    # given
    write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.3)])
    three.write("MATCH (m:ModelVersion) DETACH DELETE m RETURN 1 AS done")

    # when
    with pytest.raises(ModelError, match="2 of 2 predictions are BY a ModelVersion that the graph does not hold"):
        write_predictions(three, _Model(), "adoption", AS_OF, FIXED, [_row("a", 0.9), _row("b", 0.9)])

    # then
    assert _values(three) == {"a": 0.3}


def test_scoring_without_a_model_names_the_remedy(loaded, neo4j_settings):
    with pytest.raises(ModelError, match="no model for 'access_friction' is trained yet"):
        score(neo4j_settings)


def test_a_day_that_is_not_known_yet_is_refused(loaded, neo4j_settings):
    with pytest.raises(ModelError, match=r"as of 2031-01-01: claims are only known up to 2025-1"):
        train(neo4j_settings, as_of=datetime.date(2031, 1, 1))


def test_a_twin_without_claims_says_so(neo4j_empty, neo4j_settings):
    with pytest.raises(ModelError, match="the twin holds no therapy starts"):
        train(neo4j_settings)


def test_the_peer_effect_of_a_real_graph_is_that_of_its_snapshot(loaded, neo4j_settings, monkeypatch):
    # given a twin that is large enough for the occasion
    _, made = loaded
    monkeypatch.setattr(panel, "FEWEST_EVENTS", 10)
    expected = peer_effect(made.at(AS_OF), "own")
    monkeypatch.setattr(Settings, "load", lambda: neo4j_settings)
    asked = ["--product", "OWNIRA", "--as-of", AS_OF.isoformat()]

    # when
    told = CliRunner().invoke(peer_effect_command, [*asked, "--json"])
    shown = CliRunner().invoke(peer_effect_command, asked)

    # then
    assert json.loads(told.output) == expected.as_json()
    lines = shown.output.splitlines()
    assert lines[0].startswith("Ownira as of 2025-11-01: ")
    assert lines[1] == "verdict: NOT IDENTIFIED"
    assert lines[2] == f"  because: {expected.judgement.reason}"
    assert "lottery, Anderson-Rubin" + 32 * " " + "unbounded to unbounded" in lines
    assert "verdict on those it receives patients from: not identified" in lines
    # and a product that is not there ends with a line and no table
    missing = CliRunner().invoke(peer_effect_command, ["--product", "nosuch"])
    assert (
        str(missing.exception) == "product 'nosuch' is not in the twin: use an id or one of the brands Othera, Ownira"
    )
    assert missing.output == ""
