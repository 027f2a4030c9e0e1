// The reasons of a task's predictions as they are, for comparison with those that replace them, in parts of up to
// 1,000 predictions: id, and of each reason rank, words, share, data classes and node.
// returns: part
// :param [{task}] => { RETURN 'adoption' AS task }
MATCH (old:Prediction {task: $task})-[reason:BECAUSE]->(node)
WITH old, collect([reason.rank, reason.reason, reason.share, reason.dataClasses, node.id]) AS reasons
WITH collect([old.id, reasons]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS low
RETURN rows[low..low + 1000] AS part;
