// What was another value of a healthcare professional until when, newest first; days count from 1970-01-01.
// returns: id, property, old, recorded_on
MATCH (change:Change {label: 'HCP', operation: 'changed'})
WHERE change.property IN ['primaryTaxonomy', 'state', 'sex']
WITH change ORDER BY change.recordedOn DESC, change.id DESC
WITH collect([
  change.entityId,
  change.property,
  change.old,
  duration.inDays(date('1970-01-01'), change.recordedOn).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS property,
  [row IN part | row[2]] AS old,
  [row IN part | row[3]] AS recorded_on
