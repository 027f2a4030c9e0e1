// Give leases back that an owner still holds; their tokens stay.
// returns: name
// :param [{names, owner}] => { RETURN ['apply'] AS names, 'nobody' AS owner }
MATCH (lease:Lease)
WHERE lease.name IN $names
SET lease.checkedAt = datetime.realtime()
WITH lease
WHERE lease.owner = $owner
REMOVE lease.owner, lease.until
RETURN lease.name AS name;
