// How does prescribing of a product develop in a territory, month by month?
// Counts the HCPs aligned to the territory now, over all months.
// for: brand teams
// returns: month, prescribers, trx, nrx, nbrx
// :param [{territory, brand, limit}] => { RETURN 'T001' AS territory, 'Velunara' AS brand, 36 AS limit }
MATCH (:Territory {territoryId: $territory})<-[aligned:IN_TERRITORY]-(hcp:HCP)
WHERE aligned.to IS NULL
MATCH (hcp)-[prescribed:PRESCRIBED]->(:Product {brand: $brand})
RETURN
  prescribed.month AS month,
  count(DISTINCT hcp) AS prescribers,
  sum(prescribed.trx) AS trx,
  sum(prescribed.nrx) AS nrx,
  sum(prescribed.nbrx) AS nbrx
ORDER BY month DESC
LIMIT toInteger($limit);
