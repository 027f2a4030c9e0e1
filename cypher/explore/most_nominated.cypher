// Whom do colleagues name as the one to turn to, and does the network or science say the same?
// Counts those who name somebody, not their answers. Publications, trials and congresses count from a score of 0.8.
// for: account and medical teams
// returns: npi, nominatedBy, weight, waves, scientificWorks, pageRank, sharesPatientsWith
// :param [{limit}] => { RETURN 25 AS limit }
MATCH (colleague:HCP)-[nominated:NOMINATED]->(hcp:HCP)
WITH
  hcp,
  count(DISTINCT colleague) AS nominatedBy,
  sum(nominated.weight) AS weight,
  count(DISTINCT [nominated.study, nominated.wave]) AS waves
RETURN
  hcp.npi AS npi,
  nominatedBy AS nominatedBy,
  round(weight, 2) AS weight,
  waves AS waves,
  COUNT {
    MATCH (hcp)-[:CONTRIBUTED]->(work:ScientificActivity)
    WHERE work.matchScore >= 0.8
  } AS scientificWorks,
  hcp.pageRank AS pageRank,
  COUNT {
    MATCH (hcp)-[:SHARES_PATIENTS]-(peer:HCP)
    RETURN DISTINCT peer
  } AS sharesPatientsWith
ORDER BY nominatedBy DESC, weight DESC, npi
LIMIT toInteger($limit);
