// Which model versions are there, which is in use since when and why, and how did each fare?
// returns: task, version, kind, state, promoted, since, by, reason, as_of, trained_at, seed, metrics, drift_verdict, drift, weights_sha256, data_fingerprint, code_version, id
MATCH (model:ModelVersion)
RETURN
  model.task AS task,
  model.version AS version,
  model.kind AS kind,
  model.state AS state,
  model.promoted AS promoted,
  toString(model.stateSince) AS since,
  model.stateBy AS by,
  model.stateReason AS reason,
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
