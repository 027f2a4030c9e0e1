// Which plan carries which coverage rule, known with the rule; days count from 1970-01-01.
// returns: plan, policy, known_at
MATCH (plan:Plan)-[:HAS_POLICY]->(policy:CoveragePolicy)
WITH collect([
  plan.id,
  policy.id,
  duration.inDays(date('1970-01-01'), policy.knownAt).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS plan,
  [row IN part | row[1]] AS policy,
  [row IN part | row[2]] AS known_at
