// The predictions of a task as they are, for comparison with those that replace them.
// returns: id, subject, product, plan, value, low, high, model
// :param [{task}] => { RETURN 'adoption' AS task }
MATCH (old:Prediction {task: $task})
RETURN old.id AS id,
  head([(old)-[:ABOUT]->(subject) | subject.id]) AS subject,
  head([(old)-[:FOR]->(product) | product.id]) AS product,
  head([(old)-[:UNDER]->(plan) | plan.id]) AS plan,
  old.value AS value, old.low AS low, old.high AS high,
  head([(old)-[:BY]->(model) | model.version]) AS model;
