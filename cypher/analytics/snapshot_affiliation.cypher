// Who practises where now, as columns of up to 10,000 rows for a snapshot.
// returns: hcp, account
MATCH (hcp:HCP)-[:AFFILIATED_WITH]->(account:Account)
WITH collect([
  hcp.id,
  account.id
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS hcp,
  [row IN part | row[1]] AS account
