// The last refreshes: what they delivered, what they changed, and what became of each source.
// returns: run, state, delivered_on, started_at, finished_at, sequence, inserted, updated, tombstoned, sources
// :param [{limit}] => { RETURN 20 AS limit }
MATCH (run:RefreshRun)
WITH run
ORDER BY run.startedAt DESC
LIMIT toInteger($limit)
OPTIONAL MATCH (run)-[loaded:LOADED]->(source:Source)
WITH run, loaded, source
ORDER BY source.name
RETURN run.id AS run, run.state AS state, run.deliveredOn AS delivered_on, run.startedAt AS started_at,
  run.finishedAt AS finished_at, run.sequence AS sequence, run.inserted AS inserted, run.updated AS updated,
  run.tombstoned AS tombstoned,
  collect(
    CASE
      WHEN source IS NOT NULL THEN {
        name: source.name, state: loaded.state, reason: loaded.reason, dataTime: toString(loaded.dataTime),
        rowsIn: loaded.rowsIn, rowsLoaded: loaded.rowsLoaded, rowsQuarantined: loaded.rowsQuarantined
      }
    END
  ) AS sources
ORDER BY started_at DESC;
