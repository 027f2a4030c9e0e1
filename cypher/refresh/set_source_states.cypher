// Say of sources whether they are held, how fresh they are, and since when they are overdue.
// returns: sources
// :param [{sources, today}] => { RETURN [] AS sources, date('2025-01-01') AS today }
UNWIND $sources AS row
MERGE (source:Source {name: row.name})
SET source.heldSince = CASE WHEN row.state = 'held' THEN coalesce(source.heldSince, $today) END,
  source.state = row.state,
  source.heldReason = row.heldReason,
  source.dataTime = row.dataTime,
  source.deliveredOn = row.deliveredOn,
  source.expectedEveryDays = row.expectedEveryDays,
  source.staleSince = row.staleSince
RETURN count(*) AS sources;
