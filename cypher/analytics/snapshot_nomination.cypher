// Whom HCPs named as the one to turn to, in each wave of a study; days count from 1970-01-01.
// returns: source, target, study, wave, weight, answered_on
MATCH (source:HCP)-[nominated:NOMINATED]->(target:HCP)
WITH collect([
  source.id,
  target.id,
  nominated.study,
  nominated.wave,
  nominated.weight,
  duration.inDays(date('1970-01-01'), nominated.answeredOn).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS source,
  [row IN part | row[1]] AS target,
  [row IN part | row[2]] AS study,
  [row IN part | row[3]] AS wave,
  [row IN part | row[4]] AS weight,
  [row IN part | row[5]] AS answered_on
