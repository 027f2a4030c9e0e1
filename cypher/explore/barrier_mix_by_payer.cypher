// What stands in the way at each payer: coverage, prior authorization, step therapy, limits or cost?
// Counts unpaid starts by the last barrier that was met; payers with fewer than 11 starts are left out.
// for: market access
// returns: payer, starts, unpaid, coverage, priorAuthorization, stepTherapy, quantityLimit, eligibility, cost, other
// :param [{brand, limit}] => { RETURN 'Velunara' AS brand, 25 AS limit }
MATCH (:Product {brand: $brand})<-[:FOR]-(start:TherapyStart)-[:COVERED_BY]->(:Plan)<-[:OFFERS]-(payer:Payer)
WHERE start.supersededAt IS NULL
WITH
  payer,
  start.paidKnownAt IS NULL OR start.reversedKnownAt IS NOT NULL AS unpaid,
  start.lastBarrier AS barrier
WITH
  payer,
  count(*) AS starts,
  count(CASE WHEN unpaid THEN 1 END) AS unpaid,
  count(CASE WHEN unpaid AND barrier = 'COVERAGE' THEN 1 END) AS coverage,
  count(CASE WHEN unpaid AND barrier = 'PA' THEN 1 END) AS priorAuthorization,
  count(CASE WHEN unpaid AND barrier = 'STEP' THEN 1 END) AS stepTherapy,
  count(CASE WHEN unpaid AND barrier = 'LIMIT' THEN 1 END) AS quantityLimit,
  count(CASE WHEN unpaid AND barrier = 'ELIGIBILITY' THEN 1 END) AS eligibility,
  count(CASE WHEN unpaid AND barrier = 'COST' THEN 1 END) AS cost,
  count(CASE WHEN unpaid AND coalesce(barrier, 'OTHER') = 'OTHER' THEN 1 END) AS other
WHERE starts >= 11
RETURN
  payer.name AS payer,
  starts AS starts,
  unpaid AS unpaid,
  coverage AS coverage,
  priorAuthorization AS priorAuthorization,
  stepTherapy AS stepTherapy,
  quantityLimit AS quantityLimit,
  eligibility AS eligibility,
  cost AS cost,
  other AS other
ORDER BY unpaid DESC, payer
LIMIT toInteger($limit);
