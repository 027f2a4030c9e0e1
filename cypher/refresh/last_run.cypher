// The last run that the graph holds whole. No row: it was never refreshed.
// returns: run, sequence
MATCH (latest:RefreshRun)
WHERE latest.finishedAt IS NOT NULL
RETURN latest.id AS run, latest.sequence AS sequence
ORDER BY latest.sequence DESC, latest.startedAt DESC
LIMIT 1;
