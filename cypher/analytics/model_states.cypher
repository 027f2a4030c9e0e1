// What the graph says of a task's model versions: which is in use, and since when.
// returns: id, version, state, promoted, since
// :param [{task}] => { RETURN 'adoption' AS task }
MATCH (model:ModelVersion {task: $task})
RETURN
  model.id AS id,
  model.version AS version,
  model.state AS state,
  coalesce(model.promoted, false) AS promoted,
  model.stateSince AS since
ORDER BY id
