// The state of each source: held or not, the age of its data, the rows of its last delivery.
// returns: source, state, held_reason, held_since, data_time, age_days, delivered_on, stale_since, refreshed_at, rows_in, rows_loaded, rows_quarantined
MATCH (source:Source)
RETURN source.name AS source, source.state AS state, source.heldReason AS held_reason, source.heldSince AS held_since,
  source.dataTime AS data_time, duration.inDays(source.dataTime, date()).days AS age_days,
  source.deliveredOn AS delivered_on, source.staleSince AS stale_since, source.refreshedAt AS refreshed_at,
  source.rowsIn AS rows_in, source.rowsLoaded AS rows_loaded, source.rowsQuarantined AS rows_quarantined
ORDER BY source;
