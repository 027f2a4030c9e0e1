// The age of each source's data and the rows of its last delivery.
// returns: source, data_time, refreshed_at, rows_in, rows_loaded, rows_quarantined
MATCH (source:Source)
RETURN source.name AS source, source.dataTime AS data_time, source.refreshedAt AS refreshed_at,
  source.rowsIn AS rows_in, source.rowsLoaded AS rows_loaded, source.rowsQuarantined AS rows_quarantined
ORDER BY source;
