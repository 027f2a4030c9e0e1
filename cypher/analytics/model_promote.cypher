// Write a model version and make it the one in use for its task.
// returns: id
// :param [{id, task, properties}] => { RETURN 'model_example' AS id, 'adoption' AS task, {version: 'adoption-example'} AS properties }
MERGE (model:ModelVersion {id: $id})
SET model += $properties, model.task = $task, model.promoted = true
WITH model
OPTIONAL MATCH (older:ModelVersion {task: $task, promoted: true})
WHERE older.id <> $id
SET older.promoted = false
RETURN DISTINCT model.id AS id
