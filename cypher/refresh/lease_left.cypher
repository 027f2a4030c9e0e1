// The leases that an owner still has.
// returns: name
// :param [{owner}] => { RETURN 'host-1-a' AS owner }
MATCH (lease:Lease)
WHERE lease.owner = $owner
RETURN lease.name AS name
ORDER BY name;
