// Components of influence that are facts about an HCP: science, referral position, nominations beside ties.
// returns: written
// :param [{rows, as_of}] => { RETURN [['hcp_0', 2, 140, 3, 1.5]] AS rows, date('2025-01-01') AS as_of }
UNWIND $rows AS row
MATCH (hcp:HCP {id: row[0]})
SET hcp.scientificWorks = row[1], hcp.patientsReceived = row[2], hcp.timesNamed = row[3],
  hcp.timesNamedByTies = row[4], hcp.componentsAsOf = $as_of
RETURN count(hcp) AS written
