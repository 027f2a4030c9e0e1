// Payments of therapy starts that counted one after the other, in order; days count from 1970-01-01.
// The property is read by name: a young twin has none, and Neo4j would warn.
// returns: start, position, paid_on, known_at, reversed_on, reversed_known_at
// sensitive: TherapyStart.payments
MATCH (start:TherapyStart)
WITH start, properties(start).payments AS payments
WHERE payments IS NOT NULL
UNWIND range(0, size(payments) - 1) AS position
WITH start, position, split(payments[position], ' ') AS dates
WITH collect([
  start.id,
  position,
  [text IN dates | CASE WHEN text <> '-' THEN duration.inDays(date('1970-01-01'), date(text)).days END]
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS start,
  [row IN part | row[1]] AS position,
  [row IN part | row[2][0]] AS paid_on,
  [row IN part | row[2][1]] AS known_at,
  [row IN part | row[2][2]] AS reversed_on,
  [row IN part | row[2][3]] AS reversed_known_at
