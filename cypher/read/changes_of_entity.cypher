// What changed for one entity since a date, newest first.
// returns: known_at, valid_at, label, property, kind, old, new, source, record, run
// sensitive: Change.old, Change.new
// :param [{entity_id, since, limit}] => { RETURN COLLECT { MATCH (change:Change) WHERE change.knownAt >= date('2000-01-01') RETURN change.entityId LIMIT 1 }[0] AS entity_id, date('2000-01-01') AS since, 100 AS limit }
MATCH (change:Change {entityId: $entity_id})
WHERE change.knownAt >= $since
RETURN change.knownAt AS known_at, change.validAt AS valid_at, change.label AS label, change.property AS property,
  change.kind AS kind, change.old AS old, change.new AS new, change.source AS source, change.record AS record,
  change.run AS run
ORDER BY known_at DESC, label, property
LIMIT toInteger($limit);
