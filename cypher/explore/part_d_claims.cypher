// How many Medicare Part D claims did an HCP have in a year, by product, where few are withheld?
// for: analysts
// returns: brand, claims, low, high
// :param [{npi, year, limit}] => { RETURN '2999000344' AS npi, 2023 AS year, 25 AS limit }
MATCH (hcp:HCP {npi: $npi})
WITH hcp, EXISTS { (hcp)-[:PRESCRIBED_IN_YEAR {year: $year}]->(:Product) } AS named
MATCH (product:Product)
OPTIONAL MATCH (hcp)-[used:PRESCRIBED_IN_YEAR {year: $year}]->(product)
// 0 to 10 where the year names the HCP and not the product, null where it does not name the HCP.
RETURN
  product.brand AS brand,
  used.claims AS claims,
  CASE WHEN named THEN coalesce(used.claimsLow, 0) END AS low,
  CASE WHEN named THEN coalesce(used.claimsHigh, 10) END AS high
ORDER BY low DESC, brand
LIMIT toInteger($limit);
