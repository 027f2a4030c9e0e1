// How far do the therapy starts reach: first and last month, and the day up to which all of their claims are there?
// A single misdated claim does not stretch it: nothing is known later than the newest delivery.
// returns: first_start, known_to
// sensitive: TherapyStart.writtenOn
MATCH (start:TherapyStart)
WITH min(start.writtenOn) AS first_start, max(start.knownAt) AS newest
OPTIONAL MATCH (source:Source)
WITH first_start, newest, max(source.deliveredOn) AS delivered
RETURN first_start, CASE WHEN delivered < newest THEN delivered ELSE newest END AS known_to
