// At which accounts are most starts expected to be lost to access barriers that support could lift?
// Accounts with fewer than 11 mature starts behind the value are left out.
// for: account and medical teams
// returns: account, city, state, hcps, saveableStarts, expectedStarts, friction, low, high, mainBarrier, evidenceStarts
// :param [{brand, limit}] => { RETURN 'Velunara' AS brand, 25 AS limit }
MATCH (:Product {brand: $brand})<-[:FOR]-(prediction:Prediction {task: 'access_friction', level: 'account'})
WHERE prediction.evidenceStarts >= 11
MATCH (prediction)-[:ABOUT]->(account:Account)
RETURN
  account.name AS account,
  account.city AS city,
  account.state AS state,
  COUNT { (account)<-[:AFFILIATED_WITH]-(:HCP) } AS hcps,
  round(prediction.saveableStarts, 2) AS saveableStarts,
  round(prediction.expectedStarts, 2) AS expectedStarts,
  round(prediction.value, 3) AS friction,
  round(prediction.low, 3) AS low,
  round(prediction.high, 3) AS high,
  prediction.mainBarrier AS mainBarrier,
  prediction.evidenceStarts AS evidenceStarts
ORDER BY saveableStarts DESC, account
LIMIT toInteger($limit);
