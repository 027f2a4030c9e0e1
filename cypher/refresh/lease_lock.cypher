// Lock leases, in the order of their names, and make those that are missing. Who holds them is read afterwards.
// returns: name
// :param [{names}] => { RETURN ['apply'] AS names }
UNWIND $names AS name
MERGE (lease:Lease {name: name})
  ON CREATE SET lease.token = 0
SET lease.checkedAt = datetime.realtime()
RETURN lease.name AS name;
