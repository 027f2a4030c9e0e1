// What becomes of requests for prior authorization at each plan: certified, denied, appealed, paid in the end?
// Plans with fewer than 11 requests are left out; a request that is not decided yet counts as waiting.
// for: market access
// returns: planKey, payer, requests, certified, denied, waiting, appeals, appealsWon, medianDays, starts, startsPaid
// :param [{brand, limit}] => { RETURN 'Velunara' AS brand, 25 AS limit }
MATCH (:Product {brand: $brand})<-[:FOR]-(request:PriorAuthorization)-[:DECIDED_UNDER]->(plan:Plan)
OPTIONAL MATCH (request)-[:CONCERNS]->(start:TherapyStart)
WITH
  plan,
  count(request) AS requests,
  count(CASE WHEN request.decision IN ['A1', 'A2', 'A6'] THEN 1 END) AS certified,
  count(CASE WHEN request.decision = 'A3' THEN 1 END) AS denied,
  count(CASE WHEN coalesce(request.decision, 'A4') = 'A4' THEN 1 END) AS waiting,
  count(CASE WHEN request.appealLevel > 0 THEN 1 END) AS appeals,
  count(CASE WHEN request.appealLevel > 0 AND request.decision IN ['A1', 'A2', 'A6'] THEN 1 END) AS appealsWon,
  percentileCont(request.daysToDecision, 0.5) AS medianDays,
  count(DISTINCT start) AS starts,
  count(DISTINCT CASE WHEN start.paidKnownAt IS NOT NULL THEN start END) AS startsPaid
WHERE requests >= 11
MATCH (plan)<-[:OFFERS]-(payer:Payer)
RETURN
  plan.planKey AS planKey,
  payer.name AS payer,
  requests AS requests,
  certified AS certified,
  denied AS denied,
  waiting AS waiting,
  appeals AS appeals,
  appealsWon AS appealsWon,
  round(medianDays, 1) AS medianDays,
  starts AS starts,
  startsPaid AS startsPaid
ORDER BY denied DESC, planKey
LIMIT toInteger($limit);
