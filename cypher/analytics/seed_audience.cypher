// Which prescribers are no candidates: who withholds prescribing, whose number is inactive, who agreed to a channel?
// Dates are read by name: a young twin has no such property, and Neo4j would warn.
// returns: withholding, inactive, agreed
// :param [{channel}] => { RETURN 'email' AS channel }
// sensitive: HCP.optedOutOn, Consent.choice
MATCH (hcp:HCP)
WITH hcp,
  properties(hcp).optedOutOn AS opted_out,
  properties(hcp).deactivatedOn AS deactivated,
  properties(hcp).reactivatedOn AS reactivated
RETURN
  collect(CASE WHEN opted_out IS NOT NULL THEN hcp.id END) AS withholding,
  collect(CASE WHEN deactivated IS NOT NULL AND NOT coalesce(reactivated >= deactivated, false) THEN hcp.id END) AS inactive,
  collect(
    CASE WHEN EXISTS { (hcp)-[:GAVE]->(:Consent {channel: $channel, choice: 'opt_in'}) } THEN hcp.id END
  ) AS agreed
