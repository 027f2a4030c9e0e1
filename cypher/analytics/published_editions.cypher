// Which months of what is published by groups (cohorts, totals) are in the graph, by product?
// returns: month, edition, product, groups
// :param [{label}] => { RETURN 'Cohort' AS label }
MATCH (published:Cohort|PrescribingTotal|InteractionTotal|InquiryTotal)
WHERE $label IN labels(published)
OPTIONAL MATCH (published)-[:FOR]->(product:Product)
RETURN published.month AS month, published.edition AS edition, product.id AS product, count(*) AS groups
