// How long does a start wait at each plan between its first claim and its first payment, and how many never get there?
// Days run between the arrivals of the claim lines; single dates of a therapy are not shown.
// for: market access
// returns: planKey, payer, starts, paidShare, medianDays, ninthDecileDays, attempts
// :param [{brand, limit}] => { RETURN 'Velunara' AS brand, 25 AS limit }
MATCH (:Product {brand: $brand})<-[:FOR]-(start:TherapyStart)-[:COVERED_BY]->(plan:Plan)
WHERE start.supersededAt IS NULL
WITH
  plan,
  count(start) AS starts,
  count(start.paidKnownAt) AS paid,
  percentileCont(duration.inDays(start.knownAt, start.paidKnownAt).days, 0.5) AS medianDays,
  percentileCont(duration.inDays(start.knownAt, start.paidKnownAt).days, 0.9) AS ninthDecileDays,
  avg(start.attempts) AS attempts
WHERE starts >= 11
MATCH (plan)<-[:OFFERS]-(payer:Payer)
RETURN
  plan.planKey AS planKey,
  payer.name AS payer,
  starts AS starts,
  round(1.0 * paid / starts, 2) AS paidShare,
  round(medianDays, 1) AS medianDays,
  round(ninthDecileDays, 1) AS ninthDecileDays,
  round(attempts, 2) AS attempts
ORDER BY ninthDecileDays DESC, planKey
LIMIT toInteger($limit);
