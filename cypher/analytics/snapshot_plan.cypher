// Plans with their payer, as columns of up to 10,000 rows for a snapshot.
// returns: id, name, kind, payer
MATCH (plan:Plan)
OPTIONAL MATCH (plan)<-[:OFFERS]-(payer:Payer)
WITH plan, min(payer.id) AS payer
WITH collect([
  plan.id,
  plan.name,
  plan.kind,
  payer
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS name,
  [row IN part | row[2]] AS kind,
  [row IN part | row[3]] AS payer
