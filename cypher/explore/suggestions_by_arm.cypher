// What happened after suggestions whose arm was drawn by lot: was there a call, and was there a start?
// Arms were drawn with the propensity shown, so that their difference is an effect and no selection.
// for: analysts
// returns: arm, propensity, suggestions, completed, dismissed, calledShare, startedShare
// :param [{brand, limit}] => { RETURN 'Velunara' AS brand, 10 AS limit }
MATCH (hcp:HCP)<-[:SUGGESTS]-(suggestion:Suggestion)-[:FOR]->(product:Product {brand: $brand})
WHERE suggestion.arm IS NOT NULL
WITH
  suggestion,
  EXISTS {
    MATCH (hcp)<-[:WITH]-(interaction:Interaction)
    WHERE
      interaction.channel <> 'email'
      AND interaction.occurredOn >= suggestion.suggestedOn
      AND interaction.occurredOn < suggestion.suggestedOn + duration({days: 28})
  } AS called,
  EXISTS {
    MATCH (hcp)-[prescribed:PRESCRIBED]->(product)
    WHERE
      prescribed.nbrx > 0
      AND prescribed.month > suggestion.suggestedOn
      AND prescribed.month <= suggestion.suggestedOn + duration({months: 3})
  } AS started
WITH
  suggestion.arm AS arm,
  suggestion.propensity AS propensity,
  count(suggestion) AS suggestions,
  count(CASE WHEN suggestion.response = 'completed' THEN 1 END) AS completed,
  count(CASE WHEN suggestion.response = 'dismissed' THEN 1 END) AS dismissed,
  count(CASE WHEN called THEN 1 END) AS called,
  count(CASE WHEN started THEN 1 END) AS started
RETURN
  arm AS arm,
  propensity AS propensity,
  suggestions AS suggestions,
  completed AS completed,
  dismissed AS dismissed,
  round(1.0 * called / suggestions, 3) AS calledShare,
  round(1.0 * started / suggestions, 3) AS startedShare
ORDER BY arm, propensity
LIMIT toInteger($limit);
