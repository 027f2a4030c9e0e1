// Which share of new starts goes to the own products in each territory, and to which rival goes most of the rest?
// for: brand teams
// returns: territory, name, starts, ownStarts, ownShare, strongestRival, rivalStarts
// :param [{since, limit}] => { RETURN '2025-07-01' AS since, 50 AS limit }
MATCH (territory:Territory)<-[aligned:IN_TERRITORY]-(hcp:HCP)
WHERE aligned.to IS NULL
MATCH (hcp)-[prescribed:PRESCRIBED]->(product:Product)
WHERE prescribed.month >= date($since)
WITH territory, product, sum(prescribed.nbrx) AS starts
ORDER BY starts DESC, product.brand
WITH
  territory,
  sum(starts) AS starts,
  sum(CASE WHEN product.own THEN starts ELSE 0 END) AS ownStarts,
  head(collect(CASE WHEN NOT product.own THEN {brand: product.brand, starts: starts} END)) AS rival
WHERE starts > 0
RETURN
  territory.territoryId AS territory,
  territory.name AS name,
  starts AS starts,
  ownStarts AS ownStarts,
  round(1.0 * ownStarts / starts, 2) AS ownShare,
  rival.brand AS strongestRival,
  rival.starts AS rivalStarts
ORDER BY ownShare, territory
LIMIT toInteger($limit);
