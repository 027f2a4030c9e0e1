// Paid fills of a month by HCP and product, first ones and refills, as columns: the facts behind totals of prescribing.
// returns: hcp, product, amounts
// :param [{first, next}] => { RETURN date('2025-01-01') AS first, date('2025-02-01') AS next }
MATCH (hcp:HCP)-[prescribed:PRESCRIBED]->(product:Product)
WHERE prescribed.month >= $first AND prescribed.month < $next AND prescribed.trx > 0
WITH hcp, product, sum(prescribed.trx) AS trx, sum(prescribed.nrx) AS given
WITH hcp, product, trx, CASE WHEN given > trx THEN trx ELSE given END AS nrx
RETURN collect(hcp.id) AS hcp, collect(product.id) AS product, collect([nrx, trx - nrx]) AS amounts
