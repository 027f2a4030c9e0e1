// Coverage rules with the days from which they held and were known; days count from 1970-01-01.
// The end of a rule is known as long after it as its beginning was.
// returns: id, product, tier, prior_authorization, step_therapy, quantity_limit, effective_from, effective_to, known_at, end_known_at
MATCH (policy:CoveragePolicy)-[:FOR]->(product:Product)
WITH collect([
  policy.id,
  product.id,
  policy.tier,
  toInteger(policy.priorAuthorization),
  toInteger(policy.stepTherapy),
  toInteger(policy.quantityLimit),
  duration.inDays(date('1970-01-01'), policy.effectiveFrom).days,
  duration.inDays(date('1970-01-01'), policy.effectiveTo).days,
  duration.inDays(date('1970-01-01'), policy.knownAt).days,
  duration.inDays(date('1970-01-01'), policy.effectiveTo + duration.inDays(policy.effectiveFrom, policy.knownAt)).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS product,
  [row IN part | row[2]] AS tier,
  [row IN part | row[3]] AS prior_authorization,
  [row IN part | row[4]] AS step_therapy,
  [row IN part | row[5]] AS quantity_limit,
  [row IN part | row[6]] AS effective_from,
  [row IN part | row[7]] AS effective_to,
  [row IN part | row[8]] AS known_at,
  [row IN part | row[9]] AS end_known_at
