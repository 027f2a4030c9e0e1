// Which HCPs of a territory need access support first, at which plan, and why?
// Saveable starts are the expected starts of 28 days times friction times the share of PA, STEP and LIMIT.
// Prescribers who opted out are left out.
// for: field teams
// returns: npi, city, planKey, payer, saveableStarts, expectedStarts, friction, low, high, mainBarrier, reasons
// :param [{territory, brand, limit}] => { RETURN 'T001' AS territory, 'Velunara' AS brand, 25 AS limit }
MATCH (:Territory {territoryId: $territory})<-[aligned:IN_TERRITORY]-(hcp:HCP)
WHERE aligned.to IS NULL AND hcp.optedOutOn IS NULL
MATCH (hcp)<-[:ABOUT]-(prediction:Prediction {task: 'access_friction', level: 'hcp_plan'})
MATCH (prediction)-[:FOR]->(:Product {brand: $brand})
MATCH (prediction)-[:UNDER]->(plan:Plan)<-[:OFFERS]-(payer:Payer)
RETURN
  hcp.npi AS npi,
  hcp.city AS city,
  plan.planKey AS planKey,
  payer.name AS payer,
  round(prediction.saveableStarts, 3) AS saveableStarts,
  round(prediction.expectedStarts, 3) AS expectedStarts,
  round(prediction.value, 3) AS friction,
  round(prediction.low, 3) AS low,
  round(prediction.high, 3) AS high,
  prediction.mainBarrier AS mainBarrier,
  COLLECT {
    MATCH (prediction)-[because:BECAUSE]->()
    RETURN because.reason
    ORDER BY because.rank
  } AS reasons
ORDER BY saveableStarts DESC, npi, planKey
LIMIT toInteger($limit);
