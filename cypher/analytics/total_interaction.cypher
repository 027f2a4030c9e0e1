// Interactions of a month by HCP, as columns, without those that were only planned: the facts behind their totals.
// returns: hcp, product, amounts
// :param [{first, next}] => { RETURN date('2025-01-01') AS first, date('2025-02-01') AS next }
MATCH (interaction:Interaction)
WHERE
  interaction.occurredOn >= $first AND
  interaction.occurredOn < $next AND
  coalesce(interaction.status, '') <> 'planned'
MATCH (interaction)-[:WITH]->(hcp:HCP)
WITH hcp, count(DISTINCT interaction) AS amount
RETURN collect(hcp.id) AS hcp, collect('all') AS product, collect([amount]) AS amounts
