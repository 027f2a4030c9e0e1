// Who names an HCP as the one to turn to, and who names those?
// for: account and medical teams
// returns: path
// :param [{npi, limit}] => { RETURN '2999624812' AS npi, 60 AS limit }
MATCH path = (:HCP)-[:NOMINATED]->{1,2}(:HCP {npi: $npi})
RETURN path AS path
ORDER BY length(path)
LIMIT toInteger($limit);
