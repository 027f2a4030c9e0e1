// Which models made the current predictions, on data of which date, and how did they fare?
// for: analysts
// returns: task, version, kind, asOf, predictions, metrics
// :param [{limit}] => { RETURN 25 AS limit }
MATCH (model:ModelVersion)
WHERE model.promoted
RETURN
  model.task AS task,
  model.version AS version,
  model.kind AS kind,
  model.asOf AS asOf,
  COUNT { (model)<-[:BY]-(made:Prediction) WHERE made.task IS NOT NULL } AS predictions,
  model.metrics AS metrics
ORDER BY task, asOf DESC
LIMIT toInteger($limit);
