// Write groups of one month as nodes of a label, for a product or for all of them; a row has the properties of a node.
// returns: written
// :param [{label, product, rows}] => { RETURN 'Cohort' AS label, 'all' AS product, [{id: 'coh-none', month: date('2000-01-01')}] AS rows }
UNWIND $rows AS row
CREATE (published:$($label))
SET published = row
WITH published
OPTIONAL MATCH (product:Product {id: $product})
FOREACH (one IN CASE WHEN product IS NULL THEN [] ELSE [product] END | CREATE (published)-[:FOR]->(one))
RETURN count(*) AS written
