// Rejects of therapy starts in order, with the day each was known; days count from 1970-01-01.
// returns: start, position, barrier, known_at
MATCH (start:TherapyStart)
WHERE size(start.rejectGroups) > 0
UNWIND range(0, size(start.rejectGroups) - 1) AS position
WITH collect([
  start.id,
  position,
  start.rejectGroups[position],
  duration.inDays(date('1970-01-01'), start.rejectKnownAt[position]).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS start,
  [row IN part | row[1]] AS position,
  [row IN part | row[2]] AS barrier,
  [row IN part | row[3]] AS known_at
