// What changed for an HCP, what was it before, and which record said so?
// for: analysts
// returns: recordedOn, knownAt, validAt, what, property, operation, kind, before, after, source, record
// :param [{npi, limit}] => { RETURN '2999681432' AS npi, 25 AS limit }
MATCH (hcp:HCP {npi: $npi})
MATCH (change:Change {entityId: hcp.id})
WHERE change.label IS NOT NULL AND NOT coalesce(change.property, '') IN ['lastName', 'firstName']
RETURN
  change.recordedOn AS recordedOn,
  change.knownAt AS knownAt,
  change.validAt AS validAt,
  change.label AS what,
  change.property AS property,
  change.operation AS operation,
  change.kind AS kind,
  change.old AS before,
  change.new AS after,
  change.source AS source,
  change.record AS record
ORDER BY recordedOn DESC, knownAt DESC, what, property
LIMIT toInteger($limit);
