// The run is whole: its figures and the age of each source, written in the transaction of its last data.
// The counters are not touched here: the transaction that raises them would wait for this one.
// returns: sequence
// :param [{run, finished_at, fingerprint, inserted, updated, tombstoned, sequence, sources}] => { RETURN 'run-0' AS run, datetime('2025-01-01T06:01:00Z') AS finished_at, 'none' AS fingerprint, 0 AS inserted, 0 AS updated, 0 AS tombstoned, 1 AS sequence, [] AS sources }
MATCH (run:RefreshRun {id: $run})
SET run.finishedAt = $finished_at,
  run.sequence = toInteger($sequence),
  run.fingerprint = $fingerprint,
  run.inserted = toInteger($inserted),
  run.updated = toInteger($updated),
  run.tombstoned = toInteger($tombstoned)
WITH run
CALL (run) {
  UNWIND $sources AS row
  MERGE (source:Source {name: row[0]})
  SET source.mappingVersion = row[1],
    source.dataTime = row[2],
    source.refreshedAt = $finished_at,
    source.rowsIn = row[3],
    source.rowsLoaded = row[4],
    source.rowsQuarantined = row[5]
  CREATE (run)-[:LOADED {
    mappingVersion: row[1], dataTime: row[2], rowsIn: row[3], rowsLoaded: row[4], rowsQuarantined: row[5]
  }]->(source)
  RETURN count(*) AS loaded
}
RETURN run.sequence AS sequence;
