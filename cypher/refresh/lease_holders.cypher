// Who holds leases that are locked, by the server's clock.
// returns: name, owner, live
// :param [{names}] => { RETURN ['apply'] AS names }
MATCH (lease:Lease)
WHERE lease.name IN $names
RETURN lease.name AS name, lease.owner AS owner, coalesce(lease.until > datetime.realtime(), false) AS live
ORDER BY name;
