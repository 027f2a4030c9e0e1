// Who started what in a month and how it went, as columns of up to 10,000 rows: the facts behind cohorts.
// Prescribers who withhold their prescribing are left out: whoever sees the others one by one could subtract them.
// That day, and the one a start was shown wrong, are read by name: a young twin has none, and Neo4j would warn.
// returns: id, product, person, written_on, plan_kind, state, site, dispensed, rejected
// sensitive: HCP.optedOutOn, TherapyStart.dispensedOn, TherapyStart.writtenOn
// :param [{first, next}] => { RETURN date('2025-01-01') AS first, date('2025-02-01') AS next }
MATCH (start:TherapyStart)
WHERE start.writtenOn >= $first AND start.writtenOn < $next AND properties(start).supersededAt IS NULL
MATCH (start)-[:WRITTEN_BY]->(hcp:HCP)
WHERE properties(hcp).optedOutOn IS NULL
MATCH (start)-[:FOR]->(product:Product)
MATCH (start)-[:FOR_PATIENT]->(person:Patient)
OPTIONAL MATCH (start)-[:COVERED_BY]->(plan:Plan)
WITH start, hcp, product, person, plan,
  COLLECT { MATCH (hcp)-[:AFFILIATED_WITH]->(account:Account) RETURN DISTINCT account.kind } AS kinds
WITH start, hcp, product, person, plan, [kind IN kinds WHERE kind IS NOT NULL] AS kinds
WITH collect([
  start.id,
  product.id,
  person.id,
  duration.inDays(date('1970-01-01'), start.writtenOn).days,
  coalesce(plan.kind, 'unknown'),
  coalesce(hcp.state, 'unknown'),
  CASE size(kinds) WHEN 0 THEN 'unknown' WHEN 1 THEN kinds[0] ELSE 'several' END,
  start.dispensedOn IS NOT NULL,
  start.firstBarrier IS NOT NULL
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS product,
  [row IN part | row[2]] AS person,
  [row IN part | row[3]] AS written_on,
  [row IN part | row[4]] AS plan_kind,
  [row IN part | row[5]] AS state,
  [row IN part | row[6]] AS site,
  [row IN part | row[7]] AS dispensed,
  [row IN part | row[8]] AS rejected
