// The predictions of a task as they are, for comparison with those that replace them, in parts of up to 1,000: id,
// version of the model, whether what all share is as given, and what may differ from one scoring to the next.
// returns: part
// :param [{task, shared}] => { RETURN 'adoption' AS task, {unit: 'probability'} AS shared }
MATCH (old:Prediction {task: $task})
// All properties in one go: each that is asked for by itself is looked for from the first.
WITH old, properties(old) AS had
WITH collect([
  had.id,
  head([(old)-[:BY]->(model) | model.version]),
  all(name IN keys($shared) WHERE had[name] = $shared[name]),
  [
    had.value,
    had.low,
    had.high,
    had.expectedStarts,
    had.saveableStarts,
    had.mainBarrier,
    had.barrierShares,
    had.evidenceStarts,
    had.explained,
    had.clinicalLead,
    had.claimsShow,
    had.claimsStarts,
    had.policySays,
    had.policyGap,
    had.policyGapLow,
    had.policyGapHigh
  ]
]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS low
RETURN rows[low..low + 1000] AS part;
