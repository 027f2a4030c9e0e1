// The predictions of a task as they are, for comparison with those that replace them, in parts of up to 1,000: id,
// version of the model, whether what all share is as given, and what may differ from one scoring to the next.
// returns: part
// :param [{task, shared}] => { RETURN 'adoption' AS task, {unit: 'probability'} AS shared }
MATCH (old:Prediction {task: $task})
WITH collect([
  old.id,
  head([(old)-[:BY]->(model) | model.version]),
  all(name IN keys($shared) WHERE old[name] = $shared[name]),
  old.value,
  old.low,
  old.high,
  old.expectedStarts,
  old.saveableStarts,
  old.mainBarrier,
  old.barrierShares,
  old.evidenceStarts,
  old.explained,
  old.clinicalLead,
  old.claimsShow,
  old.claimsStarts,
  old.policySays,
  old.policyGap,
  old.policyGapLow,
  old.policyGapHigh
]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS low
RETURN rows[low..low + 1000] AS part;
