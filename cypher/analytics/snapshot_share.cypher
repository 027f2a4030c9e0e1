// Directed shared-patient ties of each year, as columns of up to 10,000 rows for a snapshot.
// returns: source, target, year, patients, known_at
MATCH (source:HCP)-[share:SHARES_PATIENTS]->(target:HCP)
WITH collect([
  source.id,
  target.id,
  share.year,
  share.patients,
  duration.inDays(date('1970-01-01'), share.knownAt).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS source,
  [row IN part | row[1]] AS target,
  [row IN part | row[2]] AS year,
  [row IN part | row[3]] AS patients,
  [row IN part | row[4]] AS known_at
