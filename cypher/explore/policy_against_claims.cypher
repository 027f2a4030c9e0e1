// Where does the published policy say one thing about prior authorization and the claims show another?
// Looks at starts since a date at plans with at least 11 of them; `surprise` is the distance between the two.
// for: market access
// returns: planKey, payer, policySaysRequired, inForceFrom, starts, metShare, surprise
// :param [{brand, since, limit}] => { RETURN 'Velunara' AS brand, '2025-07-01' AS since, 25 AS limit }
MATCH (product:Product {brand: $brand})<-[:FOR]-(rule:CoveragePolicy)<-[:HAS_POLICY]-(plan:Plan)<-[:OFFERS]-(payer:Payer)
WHERE rule.effectiveTo IS NULL
CALL (plan, product, rule) {
  MATCH (plan)<-[:COVERED_BY]-(start:TherapyStart)-[:FOR]->(product)
  WHERE start.supersededAt IS NULL AND start.knownAt >= date($since) AND start.knownAt >= rule.effectiveFrom
  RETURN count(start) AS starts, avg(toInteger(coalesce(start.priorAuthorization, false))) AS metShare
}
WITH plan, payer, rule, starts, metShare
WHERE starts >= 11
RETURN
  plan.planKey AS planKey,
  payer.name AS payer,
  rule.priorAuthorization AS policySaysRequired,
  rule.effectiveFrom AS inForceFrom,
  starts AS starts,
  round(metShare, 2) AS metShare,
  round(abs(metShare - toInteger(rule.priorAuthorization)), 2) AS surprise
ORDER BY surprise DESC, starts DESC, planKey
LIMIT toInteger($limit);
