// Keep with a model version how far what it scored last lies from what it was trained on.
// returns: id
// :param [{id, verdict, drift}] => { RETURN 'model_example' AS id, 'stable' AS verdict, '{}' AS drift }
MATCH (model:ModelVersion {id: $id})
SET model.driftVerdict = $verdict, model.drift = $drift
RETURN model.id AS id
