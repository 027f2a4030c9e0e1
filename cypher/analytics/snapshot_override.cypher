// What people said against predictions, and when it was corrected or withdrawn; days count from 1970-01-01.
// returns: id, task, hcp, product, plan, happens, made_on, ended_on
MATCH (hcp:HCP)<-[:ABOUT]-(said:Override)-[:FOR]->(product:Product)
OPTIONAL MATCH (said)-[:UNDER]->(plan:Plan)
WITH collect([
  said.id,
  said.task,
  hcp.id,
  product.id,
  plan.id,
  CASE WHEN said.verdict = 'will_happen' THEN 1 ELSE 0 END,
  duration.inDays(date('1970-01-01'), said.madeOn).days,
  duration.inDays(date('1970-01-01'), said.endedOn).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS task,
  [row IN part | row[2]] AS hcp,
  [row IN part | row[3]] AS product,
  [row IN part | row[4]] AS plan,
  [row IN part | row[5]] AS happens,
  [row IN part | row[6]] AS made_on,
  [row IN part | row[7]] AS ended_on
