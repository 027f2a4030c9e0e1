// How do the plans of a payer cover a product now: which rule, at which tier, with which hurdles?
// for: market access
// returns: path
// :param [{planKey, brand, limit}] => { RETURN 'S9001-003-000' AS planKey, 'Velunara' AS brand, 60 AS limit }
MATCH (:Plan {planKey: $planKey})<-[:OFFERS]-(payer:Payer)
MATCH path = (payer)-[:OFFERS]->(:Plan)-[:HAS_POLICY]->(rule:CoveragePolicy)-[:FOR]->(:Product {brand: $brand})
WHERE rule.effectiveTo IS NULL
RETURN path AS path
LIMIT toInteger($limit);
