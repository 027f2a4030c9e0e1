// Renew the leases that an owner still holds.
// returns: name
// :param [{names, owner, seconds}] => { RETURN ['apply'] AS names, 'nobody' AS owner, 60 AS seconds }
MATCH (lease:Lease)
WHERE lease.name IN $names
SET lease.checkedAt = datetime.realtime()
WITH lease
WHERE lease.owner = $owner
SET lease.until = datetime.realtime() + duration({seconds: toInteger($seconds)})
RETURN lease.name AS name;
