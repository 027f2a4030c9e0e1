// The last run that the graph holds whole. No row: it was never refreshed.
// returns: run
MATCH (latest:RefreshRun)
WHERE latest.finishedAt IS NOT NULL
RETURN latest.id AS run
ORDER BY latest.sequence DESC, latest.startedAt DESC
LIMIT 1;
