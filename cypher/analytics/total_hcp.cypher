// Where every HCP belongs among the groups of totals, as columns: identity and accounts, nothing that they did.
// returns: id, state, specialty, site, withholds
// sensitive: HCP.optedOutOn
MATCH (hcp:HCP)
WITH hcp,
  COLLECT { MATCH (hcp)-[:AFFILIATED_WITH]->(account:Account) RETURN DISTINCT account.kind } AS kinds,
  COLLECT {
    MATCH (hcp)-[:PRACTICES]->(specialty:Specialty)
    WHERE specialty.code = hcp.primaryTaxonomy
    RETURN coalesce(specialty.specialization, specialty.classification) LIMIT 1
  } AS specialties
WITH hcp, [kind IN kinds WHERE kind IS NOT NULL] AS kinds, specialties
RETURN
  collect(hcp.id) AS id,
  collect(coalesce(hcp.state, 'unknown')) AS state,
  collect(coalesce(specialties[0], hcp.specialty, 'unknown')) AS specialty,
  collect(CASE size(kinds) WHEN 0 THEN 'unknown' WHEN 1 THEN kinds[0] ELSE 'several' END) AS site,
  collect(properties(hcp).optedOutOn IS NOT NULL) AS withholds
