// Payers, as columns of up to 10,000 rows for a snapshot.
// returns: id, name
MATCH (payer:Payer)
WITH collect([
  payer.id,
  payer.name
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS name
