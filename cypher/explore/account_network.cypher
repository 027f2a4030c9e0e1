// Who practises at an account, and how do these HCPs share patients?
// for: account and medical teams
// returns: path
// :param [{npi, limit}] => { RETURN '2999380001' AS npi, 100 AS limit }
MATCH (account:Account {npi: $npi})
CALL (account) {
  MATCH path = (account)<-[:AFFILIATED_WITH]-(:HCP)
  RETURN path, 0 AS patients
  UNION
  MATCH path = (account)<-[:AFFILIATED_WITH]-(:HCP)-[shared:SHARES_PATIENTS]->(:HCP)-[:AFFILIATED_WITH]->(account)
  RETURN path, shared.patients AS patients
}
RETURN path AS path
ORDER BY length(path), patients DESC
LIMIT toInteger($limit);
