// Whom predictions are about, for the log of those that end.
// returns: id, subject, product, plan
// :param [{ids}] => { RETURN ['pred_0'] AS ids }
UNWIND $ids AS id
MATCH (old:Prediction {id: id})
RETURN old.id AS id,
  head([(old)-[:ABOUT]->(subject) | subject.id]) AS subject,
  head([(old)-[:FOR]->(product) | product.id]) AS product,
  head([(old)-[:UNDER]->(plan) | plan.id]) AS plan;
