// Write a model version as a challenger; one that is in use stays in use.
// returns: id
// :param [{id, task, by, reason, properties}] => { RETURN 'model_example' AS id, 'adoption' AS task, 'the gates of twin train' AS by, 'example' AS reason, {version: 'adoption-example'} AS properties }
MERGE (model:ModelVersion {id: $id})
SET model += $properties, model.task = $task
FOREACH (_ IN CASE WHEN coalesce(model.promoted, false) THEN [] ELSE [1] END |
  SET model.promoted = false, model.state = 'challenger', model.stateSince = model.trainedAt,
    model.stateBy = $by, model.stateReason = $reason)
RETURN model.id AS id
