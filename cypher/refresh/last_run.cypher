// The last run that the graph holds. No row: it was never refreshed.
// returns: run
MATCH (run:RefreshRun)
WHERE run.sequence IS NOT NULL
RETURN run.id AS run
ORDER BY run.startedAt DESC
LIMIT 1;
