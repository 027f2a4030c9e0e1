"""Records that Neo4j refused stay out of the file they came in, and out of nothing else."""

from dataclasses import replace
from pathlib import Path

from graph.ingest.engine import Connection, copy, scan
from graph.ingest.rejected import drop_rejected
from graph.ingest.state import State
from graph.settings import Settings
from tests.graph.ingest.landing import column, landed, table, write


def test_rows_that_a_retry_added_stay_beside_a_rejected_record(
    connection: Connection, settings: Settings, tmp_path: Path
) -> None:
    # given a file of which a record was rejected
    note, _, _ = landed(connection, settings, write(tmp_path, "a\n1\n2\n"), table(column("a")))
    rejected = [{"source": "test", "record": f"{note.record_file}:2", "code": "x", "files": [note.sha256]}]
    state = State(files=[note], rejected=rejected)
    drop_rejected(connection, settings, state)
    (without,) = state.files

    # when a retry adds a row to it
    more = without.parquet.replace(".parquet", ".retry-00000000.parquet")
    before = scan([settings.home / without.parquet])
    copy(connection, f"SELECT * FROM {before} UNION ALL SELECT 4 AS _line, '3' AS a", settings.home / more)
    state.files = [replace(without, parquet=more)]
    drop_rejected(connection, settings, state)

    # then
    (kept,) = state.files
    rows = connection.execute(f"SELECT a FROM {scan([settings.home / kept.parquet])} ORDER BY a").fetchall()
    assert rows == [("2",), ("3",)]
