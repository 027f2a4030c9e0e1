// What does the twin predict for an HCP, about which product and plan, and on which evidence does it rest?
// for: field teams
// returns: path
// :param [{npi, limit}] => { RETURN '2999000005' AS npi, 60 AS limit }
MATCH (hcp:HCP {npi: $npi})<-[:ABOUT]-(prediction:Prediction)
WHERE prediction.task IS NOT NULL
MATCH path = (hcp)<-[:ABOUT]-(prediction)-[:BECAUSE|UNDER|FOR]->()
RETURN path AS path
ORDER BY prediction.task, prediction.saveableStarts DESC, prediction.id
LIMIT toInteger($limit);
