// Write cohorts of one product and month; a row has id, level, plan kind, state, site of care, and the measures.
// returns: written
// :param [{product, shared, rows}] => { RETURN 'prd-none' AS product, {month: date('2000-01-01')} AS shared, [['coh-none', 'all', 'all', 'all', 'all', 11, 11, 0]] AS rows }
MATCH (product:Product {id: $product})
UNWIND $rows AS row
CREATE (cohort:Cohort {
  id: row[0],
  level: row[1],
  planKind: row[2],
  state: row[3],
  siteOfCare: row[4],
  patients: row[5],
  dispensed: row[6],
  rejected: row[7],
  suppressed: row[5] IS NULL
})-[:FOR]->(product)
SET cohort += $shared
RETURN count(*) AS written
