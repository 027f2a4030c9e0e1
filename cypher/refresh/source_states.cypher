// What the ledger says of each source.
// returns: name, state, held_reason, expected_every_days, stale_since
MATCH (source:Source)
RETURN source.name AS name, source.state AS state, source.heldReason AS held_reason,
  source.expectedEveryDays AS expected_every_days, source.staleSince AS stale_since
ORDER BY name;
