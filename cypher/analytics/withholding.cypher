// Prescribers who withhold their prescribing, now or from a day to come: roll-ups leave them out.
// The date is read by name: a young twin has no such property, and Neo4j would warn.
// returns: ids
// sensitive: HCP.optedOutOn
MATCH (hcp:HCP)
WHERE properties(hcp).optedOutOn IS NOT NULL
RETURN collect(hcp.id) AS ids
