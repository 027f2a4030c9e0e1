// To how many HCPs of each territory may one write an e-mail, and how many have never been asked?
// for: brand teams
// returns: territory, hcps, agreed, declined, notAsked
// :param [{limit}] => { RETURN 50 AS limit }
MATCH (territory:Territory)<-[aligned:IN_TERRITORY]-(hcp:HCP)
WHERE aligned.to IS NULL
OPTIONAL MATCH (hcp)-[:GAVE]->(consent:Consent {channel: 'email'})
WITH
  territory,
  count(DISTINCT hcp) AS hcps,
  count(CASE WHEN consent.choice = 'opt_in' THEN 1 END) AS agreed,
  count(CASE WHEN consent.choice = 'opt_out' THEN 1 END) AS declined
RETURN
  territory.territoryId AS territory,
  hcps AS hcps,
  agreed AS agreed,
  declined AS declined,
  hcps - agreed - declined AS notAsked
ORDER BY territory
LIMIT toInteger($limit);
