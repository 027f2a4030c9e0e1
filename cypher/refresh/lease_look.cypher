// The token of a lease, without a lock. No row: nobody ever took it, or the database was emptied.
// returns: token, owner
// :param [{name}] => { RETURN 'apply' AS name }
MATCH (lease:Lease {name: $name})
RETURN lease.token AS token, lease.owner AS owner;
