// What is predicted of each HCP's influence, by which model version and as of which day.
// returns: hcp, value, low, high, as_of, version
MATCH (predicted:Prediction {task: 'influence'})-[:ABOUT]->(hcp:HCP)
MATCH (predicted)-[:BY]->(model:ModelVersion)
RETURN
  hcp.id AS hcp,
  predicted.value AS value,
  predicted.low AS low,
  predicted.high AS high,
  toString(predicted.asOf) AS as_of,
  model.version AS version
ORDER BY hcp
