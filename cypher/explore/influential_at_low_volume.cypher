// Which HCPs prescribe little themselves, while the model expects most of others if they prescribe?
// Influence is the expected number of other HCPs' new starts in 91 days if this HCP prescribes, minus if not.
// The verdict says whether that may be read as cause; where low is 0, it may as well be nothing.
// Prescribers who opted out are left out.
// for: brand teams
// returns: npi, city, specialty, influence, low, high, verdict, trx
// :param [{brand, since, most, limit}] => { RETURN 'Velunara' AS brand, '2025-07-01' AS since, 3 AS most, 25 AS limit }
MATCH (product:Product {brand: $brand})<-[:FOR]-(prediction:Prediction {task: 'influence', level: 'hcp'})
MATCH (prediction)-[:ABOUT]->(hcp:HCP)
WHERE hcp.optedOutOn IS NULL
OPTIONAL MATCH (hcp)-[prescribed:PRESCRIBED]->(product)
WHERE prescribed.month >= date($since)
WITH hcp, prediction, sum(prescribed.trx) AS trx
WHERE trx <= toInteger($most)
OPTIONAL MATCH (hcp)-[:PRACTICES {primary: true}]->(specialty:Specialty)
RETURN
  hcp.npi AS npi,
  hcp.city AS city,
  specialty.name AS specialty,
  round(prediction.value, 3) AS influence,
  round(prediction.low, 3) AS low,
  round(prediction.high, 3) AS high,
  prediction.verdict AS verdict,
  trx AS trx
ORDER BY influence DESC, npi
LIMIT toInteger($limit);
