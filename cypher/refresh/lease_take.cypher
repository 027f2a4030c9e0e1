// Take locked leases: the token is raised, so that a holder from before is told by its own.
// returns: name, token
// :param [{names, owner, seconds}] => { RETURN ['apply'] AS names, 'nobody' AS owner, 60 AS seconds }
MATCH (lease:Lease)
WHERE lease.name IN $names
SET lease.token = lease.token + 1,
  lease.owner = $owner,
  lease.until = datetime.realtime() + duration({seconds: toInteger($seconds)})
RETURN lease.name AS name, lease.token AS token;
