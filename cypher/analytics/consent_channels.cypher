// About which channels has any HCP made a choice?
// returns: channel
MATCH (consent:Consent)
WHERE consent.channel IS NOT NULL
RETURN DISTINCT consent.channel AS channel
ORDER BY channel
