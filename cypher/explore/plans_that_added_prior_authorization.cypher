// Which plans began to require prior authorization, and what happened to the starts of the HCPs they cover?
// Compares 91 days before with 91 days after, by the day a start became known; young starts may still be paid.
// for: market access
// returns: planKey, payer, requiredFrom, hcps, startsBefore, startsAfter, paidShareBefore, paidShareAfter
// :param [{brand, since, limit}] => { RETURN 'Velunara' AS brand, '2024-02-01' AS since, 25 AS limit }
MATCH (product:Product {brand: $brand})<-[:FOR]-(rule:CoveragePolicy {priorAuthorization: true})
WHERE rule.effectiveFrom >= date($since)
MATCH (rule)<-[:HAS_POLICY]-(plan:Plan)<-[:OFFERS]-(payer:Payer)
MATCH (plan)-[:HAS_POLICY]->(earlier:CoveragePolicy {priorAuthorization: false})-[:FOR]->(product)
WHERE earlier.effectiveTo = rule.effectiveFrom
CALL (plan, product, rule) {
  MATCH (plan)<-[:COVERED_BY]-(start:TherapyStart)-[:FOR]->(product)
  WHERE start.supersededAt IS NULL
    AND start.knownAt >= rule.effectiveFrom - duration({days: 91})
    AND start.knownAt < rule.effectiveFrom + duration({days: 91})
  MATCH (start)-[:WRITTEN_BY]->(hcp:HCP)
  WITH
    hcp,
    start.knownAt < rule.effectiveFrom AS before,
    start.paidKnownAt IS NOT NULL AND start.reversedKnownAt IS NULL AS paid
  RETURN
    count(DISTINCT hcp) AS hcps,
    count(CASE WHEN before THEN 1 END) AS startsBefore,
    count(CASE WHEN NOT before THEN 1 END) AS startsAfter,
    avg(CASE WHEN before THEN toInteger(paid) END) AS paidShareBefore,
    avg(CASE WHEN NOT before THEN toInteger(paid) END) AS paidShareAfter
}
RETURN
  plan.planKey AS planKey,
  payer.name AS payer,
  rule.effectiveFrom AS requiredFrom,
  hcps AS hcps,
  startsBefore AS startsBefore,
  startsAfter AS startsAfter,
  round(paidShareBefore, 2) AS paidShareBefore,
  round(paidShareAfter, 2) AS paidShareAfter
ORDER BY startsBefore + startsAfter DESC, planKey
LIMIT toInteger($limit);
