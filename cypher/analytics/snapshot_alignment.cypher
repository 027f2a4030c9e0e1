// Who belongs to which territory from when to when; days count from 1970-01-01.
// returns: hcp, territory, from, to
MATCH (hcp:HCP)-[aligned:IN_TERRITORY]->(territory:Territory)
WITH collect([
  hcp.id,
  territory.id,
  duration.inDays(date('1970-01-01'), aligned.`from`).days,
  duration.inDays(date('1970-01-01'), aligned.`to`).days
]) AS rows
UNWIND range(0, size(rows) - 1, 10000) AS low
WITH rows[low..low + 10000] AS part
RETURN
  [row IN part | row[0]] AS hcp,
  [row IN part | row[1]] AS territory,
  [row IN part | row[2]] AS `from`,
  [row IN part | row[3]] AS `to`
