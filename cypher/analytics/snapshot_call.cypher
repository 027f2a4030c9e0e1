// Calls and messages of the field to HCPs, plans for later left out; days count from 1970-01-01.
// returns: id, hcp, email, occurred_on
MATCH (interaction:Interaction)-[:WITH]->(hcp:HCP)
WITH interaction, hcp, properties(interaction) AS values
WHERE coalesce(values.status, '') <> 'planned'
WITH collect([
  interaction.id,
  hcp.id,
  CASE WHEN values.channel = 'email' THEN 1 ELSE 0 END,
  duration.inDays(date('1970-01-01'), values.occurredOn).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS hcp,
  [row IN part | row[2]] AS email,
  [row IN part | row[3]] AS occurred_on
