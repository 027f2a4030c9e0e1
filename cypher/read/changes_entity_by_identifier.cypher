// The entity behind an identifier such as an NPI.
// returns: id, label
// :param [{key}] => { RETURN COLLECT { MATCH (identifier:Identifier)-[:OF]->(:HCP) RETURN identifier.key LIMIT 1 }[0] AS key }
MATCH (:Identifier {key: $key})-[:OF]->(entity)
RETURN entity.id AS id, labels(entity)[0] AS label;
