// How old is the data of each source, and how many rows of its last delivery were put aside?
// for: analysts
// returns: source, dataTime, refreshedAt, rowsIn, rowsLoaded, rowsQuarantined, deliveries
// :param [{limit}] => { RETURN 50 AS limit }
MATCH (source:Source)
RETURN
  source.name AS source,
  source.dataTime AS dataTime,
  source.refreshedAt AS refreshedAt,
  source.rowsIn AS rowsIn,
  source.rowsLoaded AS rowsLoaded,
  source.rowsQuarantined AS rowsQuarantined,
  COUNT { (source)<-[:LOADED]-(:RefreshRun) } AS deliveries
ORDER BY dataTime, source
LIMIT toInteger($limit);
