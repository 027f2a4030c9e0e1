// Which plan carries which coverage rule, as columns of up to 10,000 rows for a snapshot.
// returns: plan, policy
MATCH (plan:Plan)-[:HAS_POLICY]->(policy:CoveragePolicy)
WITH collect([
  plan.id,
  policy.id
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS plan,
  [row IN part | row[1]] AS policy
