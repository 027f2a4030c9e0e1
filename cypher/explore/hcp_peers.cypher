// With whom does an HCP share most patients?
// for: account and medical teams
// returns: path
// :param [{npi, limit}] => { RETURN '2999000005' AS npi, 25 AS limit }
MATCH path = (hcp:HCP {npi: $npi})-[shared:SHARES_PATIENTS]-(:HCP)
RETURN path AS path
ORDER BY shared.patients DESC, elementId(shared)
LIMIT toInteger($limit);
