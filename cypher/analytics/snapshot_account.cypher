// Accounts, as columns of up to 10,000 rows for a snapshot; days count from 1970-01-01.
// returns: id, name, kind, known_at
MATCH (account:Account)
WITH collect([
  account.id,
  account.name,
  account.kind,
  duration.inDays(date('1970-01-01'), account.knownAt).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS name,
  [row IN part | row[2]] AS kind,
  [row IN part | row[3]] AS known_at
