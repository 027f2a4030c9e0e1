// Healthcare professionals, as columns of up to 10,000 rows for a snapshot; days count from 1970-01-01.
// returns: id, npi, taxonomy, state, sex, enumerated_on, known_at
MATCH (hcp:HCP)
WITH collect([
  hcp.id,
  hcp.npi,
  hcp.primaryTaxonomy,
  hcp.state,
  hcp.sex,
  duration.inDays(date('1970-01-01'), hcp.enumeratedOn).days,
  duration.inDays(date('1970-01-01'), hcp.knownAt).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS npi,
  [row IN part | row[2]] AS taxonomy,
  [row IN part | row[3]] AS state,
  [row IN part | row[4]] AS sex,
  [row IN part | row[5]] AS enumerated_on,
  [row IN part | row[6]] AS known_at
