// How often did the field speak of a product with an HCP before the first start, and on which way?
// Only totals over all HCPs: calls are a noisy record, and more of them on those who were going to write anyway.
// for: brand teams
// returns: channel, hcps, interactions, perHcp, medianDaysBefore
// :param [{brand, limit}] => { RETURN 'Velunara' AS brand, 10 AS limit }
MATCH (product:Product {brand: $brand})<-[prescribed:PRESCRIBED]-(hcp:HCP)
WHERE prescribed.nbrx > 0
WITH product, hcp, min(prescribed.month) AS adopted
MATCH (hcp)<-[:WITH]-(interaction:Interaction)-[:DETAILED]->(product)
WHERE interaction.occurredOn < adopted
WITH
  interaction.channel AS channel,
  count(DISTINCT hcp) AS hcps,
  count(interaction) AS interactions,
  percentileCont(duration.inDays(interaction.occurredOn, adopted).days, 0.5) AS medianDaysBefore
RETURN
  channel AS channel,
  hcps AS hcps,
  interactions AS interactions,
  round(1.0 * interactions / hcps, 1) AS perHcp,
  round(medianDaysBefore, 0) AS medianDaysBefore
ORDER BY hcps DESC, channel
LIMIT toInteger($limit);
