// Log what scoring changed: a value as it was and as it is, with product, plan, interval and model. Without a label
// readers do not find it yet.
// returns: written
// :param [{rows, label, model, version, run, as_of, recorded_on, data_classes}] => { RETURN [['chg_0', 'hcp_0', null, 'value', 'changed', '{"value": 0.4}', '{"value": 0.5}']] AS rows, 'Prediction' AS label, 'model_example' AS model, 'adoption-example' AS version, 'run-0' AS run, date('2025-01-01') AS as_of, date('2025-01-02') AS recorded_on, ['prescribing'] AS data_classes }
UNWIND $rows AS row
MATCH (model:ModelVersion {id: $model})
CREATE (model)<-[:BY]-(:Change {
  id: row[0], entityId: row[1], otherId: row[2], label: $label, property: row[3], operation: row[4],
  kind: 'model', old: row[5], new: row[6], validAt: $as_of, knownAt: $recorded_on, recordedOn: $recorded_on,
  source: 'score', record: $version, run: $run, dataClasses: $data_classes
})
RETURN count(*) AS written;
