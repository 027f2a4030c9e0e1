// Which model versions are there, which is in use since when and why, and how did each fare?
// returns: task, version, kind, state, promoted, since, by, reason, as_of, trained_at, seed, metrics, drift_verdict, drift, weights_sha256, data_fingerprint, code_version, id
MATCH (model:ModelVersion)
RETURN
  model.task AS task,
  model.version AS version,
  model.kind AS kind,
  coalesce(model.state, 'retired') AS state,
  coalesce(model.state = 'champion', false) AS promoted,
  toString(coalesce(model.stateSince, model.trainedAt)) AS since,
  coalesce(model.stateBy, 'nobody') AS by,
  coalesce(model.stateReason, 'of an earlier version of the twin, which cannot be used any more') AS reason,
  toString(model.asOf) AS as_of,
  toString(model.trainedAt) AS trained_at,
  model.seed AS seed,
  model.metrics AS metrics,
  model.driftVerdict AS drift_verdict,
  model.drift AS drift,
  model.weightsSha256 AS weights_sha256,
  model.dataFingerprint AS data_fingerprint,
  model.codeVersion AS code_version,
  model.id AS id
ORDER BY task, trained_at DESC, version
