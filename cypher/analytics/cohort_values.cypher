// The values of each dimension of the cohorts, taken from plans and prescribers and not from people; all products.
// returns: plan_kinds, states, sites, products
CALL () {
  OPTIONAL MATCH (plan:Plan)
  WITH collect(DISTINCT coalesce(plan.kind, 'unknown')) AS kinds,
    EXISTS { MATCH (start:TherapyStart) WHERE NOT EXISTS { (start)-[:COVERED_BY]->() } } AS without
  RETURN CASE WHEN without THEN kinds + 'unknown' ELSE kinds END AS plan_kinds
}
CALL () {
  MATCH (hcp:HCP)
  WITH hcp, COLLECT { MATCH (hcp)-[:AFFILIATED_WITH]->(account:Account) RETURN DISTINCT account.kind } AS kinds
  WITH coalesce(hcp.state, 'unknown') AS state, [kind IN kinds WHERE kind IS NOT NULL] AS kinds
  RETURN
    collect(DISTINCT state) AS states,
    collect(DISTINCT CASE size(kinds) WHEN 0 THEN 'unknown' WHEN 1 THEN kinds[0] ELSE 'several' END) AS sites
}
CALL () {
  MATCH (product:Product)
  RETURN collect(product.id) AS products
}
RETURN plan_kinds, states, sites, products
