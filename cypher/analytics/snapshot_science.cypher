// Publications, trials and congresses with the HCPs they were matched to; days count from 1970-01-01.
// A record is in the feed about a month after the event, which is when it counts as known.
// returns: id, hcp, kind, score, known_at
MATCH (hcp:HCP)-[:CONTRIBUTED]->(activity:ScientificActivity)
WITH collect([
  activity.id,
  hcp.id,
  activity.kind,
  activity.matchScore,
  duration.inDays(date('1970-01-01'), activity.date).days + 30
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS id,
  [row IN part | row[1]] AS hcp,
  [row IN part | row[2]] AS kind,
  [row IN part | row[3]] AS score,
  [row IN part | row[4]] AS known_at
