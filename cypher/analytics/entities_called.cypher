// Which HCPs, plans, payers, accounts, territories and cohort segments have this id, key or name?
// returns: label, id, name, key, level
// :param [{called}] => { RETURN 'T-001' AS called }
CALL () {
  MATCH (hcp:HCP)
  WHERE hcp.id = $called OR hcp.npi = $called
  RETURN 'HCP' AS label, hcp.id AS id, 'NPI ' + hcp.npi AS name, hcp.id AS key, null AS level
  UNION ALL
  MATCH (plan:Plan)
  WHERE $called IN [plan.id, plan.planKey, plan.name]
  RETURN 'Plan' AS label, plan.id AS id, plan.name AS name, plan.planKey AS key, null AS level
  UNION ALL
  MATCH (payer:Payer)
  WHERE $called IN [payer.id, payer.name]
  RETURN 'Payer' AS label, payer.id AS id, payer.name AS name, payer.id AS key, null AS level
  UNION ALL
  MATCH (account:Account)
  WHERE $called IN [account.id, account.npi, account.ccn, account.name]
  RETURN 'Account' AS label, account.id AS id, account.name AS name, account.npi AS key, null AS level
  UNION ALL
  MATCH (territory:Territory)
  WHERE $called IN [territory.id, territory.territoryId, territory.name]
  RETURN 'Territory' AS label, territory.id AS id, territory.name AS name, territory.territoryId AS key,
    territory.level AS level
  UNION ALL
  MATCH (segment:CohortSegment)
  WHERE segment.id = $called
  RETURN 'CohortSegment' AS label, segment.id AS id, null AS name, null AS key, segment.level AS level
}
WITH label, id, name, key, level
RETURN label, id, name, key, level
ORDER BY label, id
LIMIT 10
