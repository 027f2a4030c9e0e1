// What did the latest deliveries change, and where did it come from?
// for: analysts
// returns: deliveredOn, source, what, property, operation, kind, changes
// :param [{since, limit}] => { RETURN '2025-11-06' AS since, 50 AS limit }
MATCH (run:RefreshRun)<-[:APPLIED_BY]-(change:Change)
WHERE run.deliveredOn >= date($since)
RETURN
  run.deliveredOn AS deliveredOn,
  change.source AS source,
  change.label AS what,
  change.property AS property,
  change.operation AS operation,
  change.kind AS kind,
  count(change) AS changes
ORDER BY deliveredOn DESC, changes DESC, source, what, property, operation, kind
LIMIT toInteger($limit);
