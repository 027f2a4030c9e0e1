"""Snapshots from delivered files, without a server: for judging models over many worlds, none of which is loaded.

The files go the way of a refresh as far as the folded rows and the log of changes; what then would be applied to Neo4j
is read instead. A test holds the tables equal to those read from a graph that took the same deliveries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from graph.errors import SourceError
from graph.history.snapshot import Snapshot, newest_known
from graph.history.snapshot_past import attributes_before
from graph.history.snapshot_periods import affiliation_periods
from graph.history.snapshot_read import filled
from graph.history.snapshot_tables import ATTRIBUTES, TABLES, Table, day_of
from graph.history.stepping import plan_steps
from graph.ingest.apply import Applied, load
from graph.ingest.arrival import Arrived
from graph.ingest.delivery import discover
from graph.ingest.engine import Connection, engine, quoted, scan, sql_type
from graph.ingest.job import Job
from graph.ingest.report import RefreshReport
from graph.ingest.run import Run
from graph.ingest.state import StateFolder
from graph.schema.catalogue import properties
from graph.settings import Settings
from graph.sources import load_mappings
from graph.store import Store
from graph.store.fence import Fence
from graph.store.store import text_of

FEEDING = (
    "nppes",
    "products",
    "formulary",
    "facility_affiliation",
    "shared_patients",
    "alignment",
    "rx_claims",
    "crm",
    "research",
    "scientific",
    "prediction_overrides",
)
"""The sources of a sample world that a snapshot is made of."""

_NODES = (
    "Product",
    "HCP",
    "Account",
    "Territory",
    "Payer",
    "Plan",
    "CoveragePolicy",
    "TherapyStart",
    "Interaction",
    "Suggestion",
    "ScientificActivity",
    "Override",
)
_LINKS = (
    ("OFFERS", "Payer", "Plan"),
    ("FOR", "CoveragePolicy", "Product"),
    ("HAS_POLICY", "Plan", "CoveragePolicy"),
    ("AFFILIATED_WITH", "HCP", "Account"),
    ("IN_TERRITORY", "HCP", "Territory"),
    ("SHARES_PATIENTS", "HCP", "HCP"),
    ("WRITTEN_BY", "TherapyStart", "HCP"),
    ("FOR", "TherapyStart", "Product"),
    ("COVERED_BY", "TherapyStart", "Plan"),
    ("WITH", "Interaction", "HCP"),
    ("SUGGESTS", "Suggestion", "HCP"),
    ("FOR", "Suggestion", "Product"),
    ("NOMINATED", "HCP", "HCP"),
    ("CONTRIBUTED", "HCP", "ScientificActivity"),
    ("ABOUT", "Override", "HCP"),
    ("FOR", "Override", "Product"),
    ("UNDER", "Override", "Plan"),
)
_SELECTS = {
    "product": "SELECT _id, brand, own::INTEGER, since_1970(launchedOn) FROM Product",
    "hcp": "SELECT _id, npi, primaryTaxonomy, state, sex, since_1970(enumeratedOn), since_1970(knownAt) FROM HCP",
    "account": "SELECT _id, name, kind, since_1970(knownAt) FROM Account",
    "territory": "SELECT _id, name FROM Territory",
    "payer": "SELECT _id, name FROM Payer",
    "plan": """SELECT plan._id, any_value(name), any_value(kind), min(_start)
        FROM Plan plan LEFT JOIN "OFFERS-Payer-Plan" ON _end = plan._id GROUP BY plan._id""",
    "policy": """SELECT _id, _end, tier, priorAuthorization::INTEGER, stepTherapy::INTEGER, quantityLimit::INTEGER,
        since_1970(effectiveFrom), since_1970(effectiveTo), since_1970(knownAt),
        since_1970(effectiveTo) + since_1970(knownAt) - since_1970(effectiveFrom)
        FROM CoveragePolicy JOIN "FOR-CoveragePolicy-Product" ON _start = _id""",
    "plan_policy": """SELECT _start, _end, since_1970(knownAt)
        FROM "HAS_POLICY-Plan-CoveragePolicy" JOIN CoveragePolicy ON _id = _end""",
    "affiliation": 'SELECT DISTINCT _start, _end FROM "AFFILIATED_WITH-HCP-Account"',
    "alignment": 'SELECT _start, _end, since_1970("from"), since_1970("to") FROM "IN_TERRITORY-HCP-Territory"',
    "share": 'SELECT _start, _end, year, patients, since_1970(knownAt) FROM "SHARES_PATIENTS-HCP-HCP"',
    "start": """SELECT _id, hcp._end, product._end, plan._end, since_1970(writtenOn), since_1970(knownAt),
        since_1970(supersededAt), since_1970(paidOn), since_1970(paidKnownAt),
        since_1970(reversedOn), since_1970(reversedKnownAt)
        FROM TherapyStart JOIN "WRITTEN_BY-TherapyStart-HCP" hcp ON hcp._start = _id
        JOIN "FOR-TherapyStart-Product" product ON product._start = _id
        LEFT JOIN "COVERED_BY-TherapyStart-Plan" plan ON plan._start = _id""",
    "payment": """SELECT _id, position - 1,
        told_since_1970(dates[1]), told_since_1970(dates[2]), told_since_1970(dates[3]), told_since_1970(dates[4])
        FROM (SELECT _id, generate_subscripts(payments, 1) AS position, string_split(unnest(payments), ' ') AS dates
              FROM TherapyStart)""",
    "reject": """SELECT _id, position - 1, barrier, since_1970(known)
        FROM (SELECT _id, generate_subscripts(rejectGroups, 1) AS position, unnest(rejectGroups) AS barrier,
                unnest(rejectKnownAt) AS known FROM TherapyStart)""",
    "call": """SELECT _id, _end, coalesce(channel = 'email', false)::INTEGER, since_1970(occurredOn)
        FROM Interaction JOIN "WITH-Interaction-HCP" ON _start = _id WHERE coalesce(status, '') <> 'planned'""",
    "suggestion": """SELECT _id, hcp._end, product._end, arm, propensity, since_1970(suggestedOn)
        FROM Suggestion JOIN "SUGGESTS-Suggestion-HCP" hcp ON hcp._start = _id
        LEFT JOIN "FOR-Suggestion-Product" product ON product._start = _id WHERE propensity IS NOT NULL""",
    "nomination": """SELECT _start, _end, study, wave, weight, since_1970(answeredOn)
        FROM "NOMINATED-HCP-HCP" """,
    "science": """SELECT _id, _start, kind, matchScore, since_1970(date) + 30
        FROM ScientificActivity JOIN "CONTRIBUTED-HCP-ScientificActivity" ON _end = _id""",
    "override": """SELECT _id, task, hcp._end, product._end, plan._end, (verdict = 'will_happen')::INTEGER,
        since_1970(madeOn), since_1970(endedOn)
        FROM Override JOIN "ABOUT-Override-HCP" hcp ON hcp._start = _id
        JOIN "FOR-Override-Product" product ON product._start = _id
        LEFT JOIN "UNDER-Override-Plan" plan ON plan._start = _id""",
}
"""The columns of each table in their order; days count from 1970-01-01."""


def snapshot_from_files(settings: Settings, folder: Path, sources: Sequence[str] = FEEDING) -> Snapshot:
    """What a twin at ``settings.home`` that takes the deliveries in ``folder`` knows on its newest day.

    The home is used as by a refresh: give one of its own, for it then belongs to no graph. Raise `SourceError` when a
    source is held.
    """
    mappings = load_mappings()
    chosen = tuple(mapping for mapping in mappings if mapping.name in sources)
    with engine(settings) as connection:
        state = StateFolder(settings)
        job = _Alone(settings, cast("Store", None), connection, state, mappings, "files", plan_steps)
        log: list[tuple[Any, ...]] = []
        for delivery in discover(folder, chosen):
            report = _Unapplied(job, delivery, log).refresh()
            if report.held:
                raise SourceError("; ".join(f"{one.name} is held: {one.reason}" for one in report.held))
        tables = _tables(connection, state.committed / "graph", log)
    return Snapshot.of(newest_known(tables), tables)


class _Alone(Job):
    """A job without a graph: nobody else writes, and nothing is to be recovered."""

    @contextmanager
    def writing(self, *, replay: bool = False) -> Iterator[Fence]:  # noqa: ARG002 - as the job's
        yield Fence("files", 1)


class _Unapplied(Run):
    """A run whose steps end in ``log``, as far as they log a change, instead of in a graph."""

    def __init__(self, job: Job, delivery: Any, log: list[tuple[Any, ...]]) -> None:
        super().__init__(job, delivery)
        self.log = log

    def _apply(self, arrived: list[Arrived], fence: Fence) -> Applied:  # noqa: ARG002 - as the run's
        _, steps = load(self.staged / "steps")
        changes = text_of("refresh/write_changes")
        for step in steps:
            if step.text == changes:
                rows = self.job.connection.execute(f"SELECT * FROM {scan([self.staged / 'steps' / step.file])}")
                self.log += rows.fetchall()
        return Applied(0, 0)

    def _nothing_taken(self) -> RefreshReport:
        return self._report(0)

    def _note(self, applied: Applied | None) -> None:
        """There is no ledger."""


def _tables(connection: Connection, folder: Path, log: list[tuple[Any, ...]]) -> dict[str, Table]:
    connection.execute("CREATE OR REPLACE TEMP MACRO since_1970(date) AS date - DATE '1970-01-01'")
    connection.execute(
        "CREATE OR REPLACE TEMP MACRO told_since_1970(text) AS try_cast(text AS DATE) - DATE '1970-01-01'"
    )
    for label in _NODES:
        _open(connection, folder, label, label, ("_id",))
    for kind, start, end in _LINKS:
        _open(connection, folder, f"{kind}-{start}-{end}", kind, ("_start", "_end"))
    found = {name: _columns(connection, name) for name in _SELECTS}
    found["affiliation"] = affiliation_periods(found["affiliation"], _affiliation_changes(log))
    found["hcp_before"] = attributes_before(found["hcp"], _hcp_changes(log))
    return {
        name: {column: filled(kind, columns[column]) for column, kind in TABLES[name].columns.items()}
        for name, columns in found.items()
    }


def _open(connection: Connection, folder: Path, name: str, declared: str, ids: tuple[str, ...]) -> None:
    """A view of the folded rows with every declared property, also of those that no source has claimed."""
    nothing = ", ".join(
        [f"NULL::VARCHAR AS {one}" for one in ids]
        + [f"NULL::{sql_type(prop)} AS {quoted(one)}" for one, prop in properties(declared).items()]
    )
    rows = f"SELECT {nothing} WHERE false"
    if (folder / f"{name}.parquet").exists():
        rows += f" UNION ALL BY NAME SELECT * FROM {scan([folder / f'{name}.parquet'])}"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {rows}")


def _columns(connection: Connection, name: str) -> dict[str, list[Any]]:
    names = ("hcp", "account") if name == "affiliation" else tuple(TABLES[name].columns)
    rows = connection.execute(_SELECTS[name]).fetchall()
    return {column: [row[at] for row in rows] for at, column in enumerate(names)}


def _affiliation_changes(log: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    rows = [row for row in log if row[3] == "AFFILIATED_WITH" and row[4] is None and row[5] in ("added", "ended")]
    return {
        "hcp": [row[1] for row in rows],
        "account": [row[2] for row in rows],
        "added": [row[5] == "added" for row in rows],
        "known_at": [day_of(row[10]) for row in rows],
    }


def _hcp_changes(log: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    rows = [row for row in log if row[3] == "HCP" and row[5] == "changed" and row[4] in ATTRIBUTES]
    rows.sort(key=lambda row: (row[11], row[0]), reverse=True)
    return {
        "id": [row[1] for row in rows],
        "property": [row[4] for row in rows],
        "old": [row[7] for row in rows],
        "recorded_on": [day_of(row[11]) for row in rows],
    }
