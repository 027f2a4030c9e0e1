// The run is whole: its figures and the age of each source, written in the transaction of its last data.
// The counters are not touched here: the transaction that raises them would wait for this one.
// A source that was only computed anew keeps the rows of its last delivery.
// returns: sequence
// :param [{run, finished_at, inserted, updated, tombstoned, sequence, sources}] => { RETURN 'run-0' AS run, datetime('2025-01-01T06:01:00Z') AS finished_at, 0 AS inserted, 0 AS updated, 0 AS tombstoned, 1 AS sequence, [] AS sources }
MATCH (run:RefreshRun {id: $run})
SET run.state = 'published',
  run.finishedAt = $finished_at,
  run.sequence = toInteger($sequence),
  run.inserted = toInteger($inserted),
  run.updated = toInteger($updated),
  run.tombstoned = toInteger($tombstoned)
WITH run
CALL (run) {
  UNWIND $sources AS row
  MERGE (source:Source {name: row.name})
  SET source.mappingVersion = row.mappingVersion,
    source.dataTime = row.dataTime,
    source.deliveredOn = row.deliveredOn,
    source.refreshedAt = $finished_at,
    source.rowsIn = CASE WHEN row.brought THEN row.rowsIn ELSE source.rowsIn END,
    source.rowsLoaded = CASE WHEN row.brought THEN row.rowsLoaded ELSE source.rowsLoaded END,
    source.rowsQuarantined = CASE WHEN row.brought THEN row.rowsQuarantined ELSE source.rowsQuarantined END
  MERGE (run)-[loaded:LOADED]->(source)
  SET loaded.state = 'loaded',
    loaded.reason = null,
    loaded.mappingVersion = row.mappingVersion,
    loaded.dataTime = row.dataTime,
    loaded.rowsIn = row.rowsIn,
    loaded.rowsLoaded = row.rowsLoaded,
    loaded.rowsQuarantined = row.rowsQuarantined
  RETURN count(*) AS loaded
}
RETURN run.sequence AS sequence;
