// The reasons of a task's predictions as they are, for comparison with those that replace them, in parts of up to
// 1,000 predictions: id, and of each reason node, rank, words, share and data classes.
// returns: part
// :param [{task}] => { RETURN 'adoption' AS task }
MATCH (old:Prediction {task: $task})-[reason:BECAUSE]->(node)
WITH old.id AS id, collect([node.id, reason.rank, reason.reason, reason.share, reason.dataClasses]) AS reasons
WITH collect([id, reasons]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS low
RETURN rows[low..low + 1000] AS part;
