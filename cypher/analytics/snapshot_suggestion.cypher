// Suggestions that a lottery showed or withheld, with the probability of what it drew; days count from 1970-01-01.
// Those without a probability were chosen by somebody and say nothing about cause.
// returns: id, hcp, product, arm, propensity, suggested_on
MATCH (suggestion:Suggestion)-[:SUGGESTS]->(hcp:HCP)
WITH suggestion, hcp, properties(suggestion) AS values
WHERE values.propensity IS NOT NULL
OPTIONAL MATCH (suggestion)-[:FOR]->(product:Product)
WITH collect([
  suggestion.id,
  hcp.id,
  product.id,
  values.arm,
  values.propensity,
  duration.inDays(date('1970-01-01'), values.suggestedOn).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS hcp,
  [row IN part | row[2]] AS product,
  [row IN part | row[3]] AS arm,
  [row IN part | row[4]] AS propensity,
  [row IN part | row[5]] AS suggested_on
