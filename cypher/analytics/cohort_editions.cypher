// Which months of cohorts are in the graph, by product?
// returns: month, edition, product, cohorts
MATCH (cohort:Cohort)
OPTIONAL MATCH (cohort)-[:FOR]->(product:Product)
RETURN cohort.month AS month, cohort.edition AS edition, product.id AS product, count(*) AS cohorts
