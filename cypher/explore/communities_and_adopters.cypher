// Which communities of HCPs who share patients have taken up a product, and who is the best connected hold-out?
// Communities come from the last `twin analyse`; an adopter has at least one start of the product.
// for: brand teams
// returns: community, hcps, adopters, adopterShare, bestConnectedHoldOut
// :param [{brand, limit}] => { RETURN 'Velunara' AS brand, 25 AS limit }
MATCH (hcp:HCP)
WHERE hcp.community IS NOT NULL
WITH
  hcp,
  EXISTS {
    MATCH (hcp)-[prescribed:PRESCRIBED]->(:Product {brand: $brand})
    WHERE prescribed.nbrx > 0
  } AS adopter
ORDER BY hcp.pageRank DESC, hcp.npi
WITH
  hcp.community AS community,
  count(*) AS hcps,
  count(CASE WHEN adopter THEN 1 END) AS adopters,
  head(collect(CASE WHEN NOT adopter THEN hcp.npi END)) AS bestConnectedHoldOut
RETURN
  community AS community,
  hcps AS hcps,
  adopters AS adopters,
  round(1.0 * adopters / hcps, 2) AS adopterShare,
  bestConnectedHoldOut AS bestConnectedHoldOut
ORDER BY hcps DESC, community
LIMIT toInteger($limit);
