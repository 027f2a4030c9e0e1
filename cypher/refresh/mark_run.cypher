// The mark of a run, written in the transaction of its data: it tells how many batches of the run are in the graph.
// returns: batches
// :param [{run, delivered_on, started_at, fingerprint, batch}] => { RETURN 'run-0' AS run, date('2025-01-01') AS delivered_on, datetime('2025-01-01T06:00:00Z') AS started_at, 'none' AS fingerprint, 1 AS batch }
MERGE (run:RefreshRun {id: $run})
  ON CREATE SET run.startedAt = $started_at, run.deliveredOn = $delivered_on
SET run.state = 'applying',
  run.batches = toInteger($batch),
  run.fingerprint = $fingerprint
RETURN run.batches AS batches;
