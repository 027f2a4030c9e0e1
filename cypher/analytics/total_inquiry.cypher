// Medical inquiries of a month by HCP, as columns: the facts behind their totals.
// returns: hcp, product, amounts
// sensitive: MedicalInquiry.receivedOn
// :param [{first, next}] => { RETURN date('2025-01-01') AS first, date('2025-02-01') AS next }
MATCH (inquiry:MedicalInquiry)
WHERE inquiry.receivedOn >= $first AND inquiry.receivedOn < $next
MATCH (hcp:HCP)-[:ASKED]->(inquiry)
WITH hcp, count(DISTINCT inquiry) AS amount
RETURN collect(hcp.id) AS hcp, collect('all') AS product, collect([amount]) AS amounts
