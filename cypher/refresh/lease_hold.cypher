// Lock a lease for this transaction and renew it, if it still is the one that was taken. No row: it is not.
// The first SET takes the lock before the token is read.
// returns: token
// :param [{name, token, seconds}] => { RETURN 'apply' AS name, 1 AS token, 60 AS seconds }
MATCH (lease:Lease {name: $name})
SET lease.checkedAt = datetime.realtime()
WITH lease
WHERE lease.token = toInteger($token)
SET lease.until = datetime.realtime() + duration({seconds: toInteger($seconds)})
RETURN lease.token AS token;
