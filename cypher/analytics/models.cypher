// Which model versions are there, which is in use, and how did each fare?
// returns: task, version, kind, promoted, as_of, trained_at, seed, metrics, id
MATCH (model:ModelVersion)
RETURN
  model.task AS task,
  model.version AS version,
  model.kind AS kind,
  model.promoted AS promoted,
  toString(model.asOf) AS as_of,
  toString(model.trainedAt) AS trained_at,
  model.seed AS seed,
  model.metrics AS metrics,
  model.id AS id
ORDER BY task, trained_at DESC, version
