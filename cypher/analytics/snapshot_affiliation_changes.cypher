// Which affiliations came and went, and when that was known; days count from 1970-01-01.
// returns: hcp, account, added, known_at
MATCH (change:Change {label: 'AFFILIATED_WITH'})
WHERE change.property IS NULL AND change.operation IN ['added', 'ended']
WITH collect([
  change.entityId,
  change.otherId,
  change.operation = 'added',
  duration.inDays(date('1970-01-01'), change.knownAt).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS hcp,
  [row IN part | row[1]] AS account,
  [row IN part | row[2]] AS added,
  [row IN part | row[3]] AS known_at
