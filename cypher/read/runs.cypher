// The last refreshes: what they delivered and what they changed.
// returns: run, delivered_on, started_at, finished_at, sequence, inserted, updated, tombstoned, sources
// :param [{limit}] => { RETURN 20 AS limit }
MATCH (run:RefreshRun)
WITH run
ORDER BY run.startedAt DESC
LIMIT toInteger($limit)
OPTIONAL MATCH (run)-[:LOADED]->(source:Source)
WITH run, source.name AS name
ORDER BY name
RETURN run.id AS run, run.deliveredOn AS delivered_on, run.startedAt AS started_at, run.finishedAt AS finished_at,
  run.sequence AS sequence, run.inserted AS inserted, run.updated AS updated, run.tombstoned AS tombstoned,
  collect(name) AS sources
ORDER BY started_at DESC;
