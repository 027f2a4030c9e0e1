// Which refreshes made the twin, and how large it is: equal answers mean that snapshots can be reused.
// returns: runs, starts, ties, people
OPTIONAL MATCH (run:RefreshRun)
WITH run
ORDER BY run.startedAt, run.id
WITH collect(CASE WHEN run IS NOT NULL THEN [run.id, run.fingerprint, run.sequence] END) AS runs
RETURN
  runs AS runs,
  COUNT { (:TherapyStart) } AS starts,
  COUNT { ()-[:SHARES_PATIENTS]->() } AS ties,
  COUNT { (:HCP) } AS people
