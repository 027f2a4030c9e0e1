// Therapy starts with the days on which each step was known; days count from 1970-01-01.
// The day a start was shown wrong is read by name: a young twin has no such property, and Neo4j would warn.
// returns: id, hcp, product, plan, written_on, known_at, superseded_at, paid_on, paid_known_at, reversed_on, reversed_known_at
// sensitive: TherapyStart.writtenOn, TherapyStart.paidOn, TherapyStart.reversedOn
MATCH (start:TherapyStart)-[:WRITTEN_BY]->(hcp:HCP)
MATCH (start)-[:FOR]->(product:Product)
OPTIONAL MATCH (start)-[:COVERED_BY]->(plan:Plan)
WITH collect([
  start.id,
  hcp.id,
  product.id,
  plan.id,
  duration.inDays(date('1970-01-01'), start.writtenOn).days,
  duration.inDays(date('1970-01-01'), start.knownAt).days,
  duration.inDays(date('1970-01-01'), properties(start).supersededAt).days,
  duration.inDays(date('1970-01-01'), start.paidOn).days,
  duration.inDays(date('1970-01-01'), start.paidKnownAt).days,
  duration.inDays(date('1970-01-01'), start.reversedOn).days,
  duration.inDays(date('1970-01-01'), start.reversedKnownAt).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS hcp,
  [row IN part | row[2]] AS product,
  [row IN part | row[3]] AS plan,
  [row IN part | row[4]] AS written_on,
  [row IN part | row[5]] AS known_at,
  [row IN part | row[6]] AS superseded_at,
  [row IN part | row[7]] AS paid_on,
  [row IN part | row[8]] AS paid_known_at,
  [row IN part | row[9]] AS reversed_on,
  [row IN part | row[10]] AS reversed_known_at
