// What was held in a run, which may have applied nothing: the sources with their reasons.
// returns: held
// :param [{run, delivered_on, started_at, sources}] => { RETURN 'run-0' AS run, date('2025-01-01') AS delivered_on, datetime('2025-01-01T06:00:00Z') AS started_at, [] AS sources }
MERGE (run:RefreshRun {id: $run})
  ON CREATE SET run.state = 'held', run.deliveredOn = $delivered_on
SET run.startedAt = CASE WHEN run.state = 'held' THEN $started_at ELSE run.startedAt END
WITH run
CALL (run) {
  UNWIND $sources AS row
  MERGE (source:Source {name: row.name})
  MERGE (run)-[loaded:LOADED]->(source)
  SET loaded.state = 'held', loaded.reason = row.reason
  RETURN count(*) AS held
}
RETURN held;
