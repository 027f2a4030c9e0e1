// Everything recorded about an entity after a day, in the order in which it is taken back: newest first, and what
// ended before what was added, as a run adds before it ends.
// returns: entity, other, label, property, operation, old, new
// sensitive: Change.old, Change.new
// :param [{entity_id, day}] => { RETURN COLLECT { MATCH (change:Change) WHERE change.recordedOn >= date('2000-01-01') RETURN change.entityId LIMIT 1 }[0] AS entity_id, date('2000-01-01') AS day }
CALL () {
  MATCH (change:Change {entityId: $entity_id})
  WHERE change.recordedOn > $day
  RETURN change
  UNION
  MATCH (change:Change {otherId: $entity_id})
  WHERE change.recordedOn > $day
  RETURN change
}
MATCH (change)-[:APPLIED_BY]->(run:RefreshRun)
RETURN change.entityId AS entity, change.otherId AS other, change.label AS label, change.property AS property,
  change.operation AS operation, change.old AS old, change.new AS new
ORDER BY run.sequence DESC, change.operation DESC, change.property IS NOT NULL;
