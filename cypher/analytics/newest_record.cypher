// The last run and the newest delivery: by these the log dates what scoring changes.
// returns: run, recorded_on
MATCH (run:RefreshRun)
WHERE run.finishedAt IS NOT NULL
WITH run
ORDER BY run.sequence DESC, run.startedAt DESC
RETURN head(collect(run.id)) AS run, max(run.deliveredOn) AS recorded_on;
