// Where the values of an entity and of its relationships come from: per claim its record, the run that took it, the
// version of the mapping then, and the properties it gives (* for all). A relationship is listed by its type.
// returns: what, other, source, record, run, properties, delivered_on, mapping_version
// :param [{entity_id, types, limit}] => { RETURN COLLECT { MATCH (hcp:HCP) RETURN hcp.id LIMIT 1 }[0] AS entity_id, ['AFFILIATED_WITH', 'PRACTICES'] AS types, 100 AS limit }
MATCH (entity:HCP|Specialty|Account|Territory|Rep|Payer|Plan|CoveragePolicy|Product|Patient|TherapyStart|PriorAuthorization|SupportCase|Interaction|Consent|Suggestion|FieldNote|SurveyResponse|ScientificActivity|MedicalInquiry|Payment|ProviderNetwork|AuthorizationStatistic|Override|Tombstone {id: $entity_id})
CALL (entity) {
  RETURN labels(entity)[0] AS what, null AS other, entity.lineage AS entries
  UNION ALL
  MATCH (entity)-[edge]-(neighbour)
  WHERE type(edge) IN $types
  RETURN type(edge) AS what, neighbour.id AS other, edge.lineage AS entries
}
UNWIND entries AS entry
WITH what, other, split(entry, '|') AS parts
OPTIONAL MATCH (run:RefreshRun {id: parts[2]})
OPTIONAL MATCH (run)-[loaded:LOADED]->(:Source {name: parts[0]})
RETURN what, other, parts[0] AS source, parts[1] AS record, parts[2] AS run, split(parts[3], ',') AS properties,
  run.deliveredOn AS delivered_on, loaded.mappingVersion AS mapping_version
ORDER BY what, other, source, record
LIMIT toInteger($limit);
