// What the ledger says of each source.
// returns: name, state, held_reason, data_time, delivered_on, expected_every_days, stale_since
MATCH (source:Source)
RETURN source.name AS name, source.state AS state, source.heldReason AS held_reason,
  source.dataTime AS data_time, source.deliveredOn AS delivered_on,
  source.expectedEveryDays AS expected_every_days, source.staleSince AS stale_since
ORDER BY name;
