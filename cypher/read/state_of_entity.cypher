// An entity as it is now, with its relationships: where the way back to a past day begins.
// returns: label, properties, edges
// :param [{entity_id}] => { RETURN COLLECT { MATCH (hcp:HCP) RETURN hcp.id LIMIT 1 }[0] AS entity_id }
MATCH (entity:HCP|Specialty|Account|Territory|Rep|Payer|Plan|CoveragePolicy|Product|Patient|TherapyStart|PriorAuthorization|SupportCase|Interaction|Consent|Suggestion|FieldNote|SurveyResponse|ScientificActivity|MedicalInquiry|Payment|ProviderNetwork|AuthorizationStatistic|Override|Tombstone {id: $entity_id})
RETURN labels(entity)[0] AS label, properties(entity) AS properties,
  COLLECT {
    MATCH (entity)-[edge]-()
    WHERE type(edge) <> 'OF'
    RETURN [type(edge), startNode(edge).id, endNode(edge).id, properties(edge)]
  } AS edges;
