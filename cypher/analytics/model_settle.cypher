// Say of model versions whether they are in use, since when, who decided it and why.
// returns: id, state
// :param [{rows}] => { RETURN [{id: 'model_example', state: 'retired', since: datetime('2025-01-01T00:00:00Z'), by: 'example', reason: 'example'}] AS rows }
UNWIND $rows AS row
MATCH (model:ModelVersion {id: row.id})
SET model.state = row.state, model.promoted = row.state = 'champion', model.stateSince = row.since,
  model.stateBy = row.by, model.stateReason = row.reason
RETURN model.id AS id, model.state AS state
