// Part D claims of one HCP in one year as an interval: 0 to 10 where the year names the HCP and not the product, null where it does not name the HCP.
// returns: brand, claims, low, high
// :param [{hcp_id, year}] => { RETURN COLLECT { MATCH (hcp:HCP) RETURN hcp.id LIMIT 1 }[0] AS hcp_id, 2014 AS year }
MATCH (hcp:HCP {id: $hcp_id})
WITH hcp, EXISTS { (hcp)-[:PRESCRIBED_IN_YEAR {year: $year}]->(:Product) } AS named
MATCH (product:Product)
OPTIONAL MATCH (hcp)-[used:PRESCRIBED_IN_YEAR {year: $year}]->(product)
RETURN product.brand AS brand, used.claims AS claims,
  CASE WHEN named THEN coalesce(used.claimsLow, 0) END AS low,
  CASE WHEN named THEN coalesce(used.claimsHigh, 10) END AS high
ORDER BY low DESC, brand;
