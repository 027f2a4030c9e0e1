// Which HCPs have starts that were rejected lately and are not paid yet, and what are they waiting for?
// Looks back from the newest claim; prescribers who opted out are left out.
// for: field teams
// returns: npi, territory, waiting, longestDays, barriers
// :param [{brand, days, limit}] => { RETURN 'Velunara' AS brand, 42 AS days, 25 AS limit }
MATCH (claims:Source {name: 'rx_claims'})
MATCH (:Product {brand: $brand})<-[:FOR]-(start:TherapyStart)
WHERE start.supersededAt IS NULL
  AND start.paidKnownAt IS NULL
  AND start.firstBarrier IS NOT NULL
  AND start.knownAt > claims.dataTime - duration({days: toInteger($days)})
MATCH (start)-[:WRITTEN_BY]->(hcp:HCP)
WHERE hcp.optedOutOn IS NULL
WITH
  hcp,
  count(start) AS waiting,
  max(duration.inDays(start.knownAt, claims.dataTime).days) AS longestDays,
  collect(DISTINCT start.lastBarrier) AS barriers
RETURN
  hcp.npi AS npi,
  head(COLLECT {
    MATCH (hcp)-[aligned:IN_TERRITORY]->(territory:Territory)
    WHERE aligned.to IS NULL
    RETURN territory.territoryId
  }) AS territory,
  waiting AS waiting,
  longestDays AS longestDays,
  barriers AS barriers
ORDER BY waiting DESC, longestDays DESC, npi
LIMIT toInteger($limit);
