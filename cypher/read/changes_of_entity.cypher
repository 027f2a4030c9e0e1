// What the twin recorded about one entity between two dates, newest first; relationships count for both ends.
// returns: recorded_on, known_at, valid_at, entity, other, label, property, operation, kind, old, new, source, record, run
// sensitive: Change.old, Change.new
// :param [{entity_id, since, until, kinds, limit}] => { RETURN COLLECT { MATCH (change:Change) WHERE change.recordedOn >= date('2000-01-01') RETURN change.entityId LIMIT 1 }[0] AS entity_id, date('2000-01-01') AS since, date('9999-12-31') AS until, ['new', 'late', 'correction', 'policy_edition', 'alignment', 'identity', 'model'] AS kinds, 100 AS limit }
CALL () {
  MATCH (change:Change {entityId: $entity_id})
  WHERE change.recordedOn >= $since AND change.recordedOn <= $until
  RETURN change
  UNION
  MATCH (change:Change {otherId: $entity_id})
  WHERE change.recordedOn >= $since AND change.recordedOn <= $until
  RETURN change
}
WITH change
WHERE change.kind IN $kinds AND change.label IS NOT NULL
RETURN change.recordedOn AS recorded_on, change.knownAt AS known_at, change.validAt AS valid_at,
  change.entityId AS entity, change.otherId AS other, change.label AS label, change.property AS property,
  change.operation AS operation, change.kind AS kind, change.old AS old, change.new AS new, change.source AS source,
  change.record AS record, change.run AS run
ORDER BY recorded_on DESC, known_at DESC, label, property, operation, entity, other
LIMIT toInteger($limit);
