// Forget the components of influence of all HCPs, before those of a day are written in the same transaction.
// The day is read by name: a young twin has no such property, and Neo4j would warn.
// returns: cleared
MATCH (hcp:HCP)
WHERE properties(hcp).componentsAsOf IS NOT NULL
REMOVE hcp.scientificWorks, hcp.patientsReceived, hcp.timesNamed, hcp.timesNamedByTies, hcp.componentsAsOf
RETURN count(hcp) AS cleared
