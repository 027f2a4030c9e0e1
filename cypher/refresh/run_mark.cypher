// How far a run has come: its batches in the graph, and whether it is whole. No row: nothing of it is there.
// returns: batches, finished, sequence, fingerprint
// :param [{run}] => { RETURN 'run-0' AS run }
MATCH (run:RefreshRun {id: $run})
WHERE run.batches IS NOT NULL
RETURN run.batches AS batches, run.finishedAt IS NOT NULL AS finished, run.sequence AS sequence,
  run.fingerprint AS fingerprint;
