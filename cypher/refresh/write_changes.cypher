// Log applied differences: what was, what is, when it held, when it was known and recorded, from which record.
// returns: written
// :param [{rows}] => { RETURN [['chg_0', 'hcp_0', null, 'HCP', 'city', 'changed', 'new', '"A"', '"B"', date('2025-01-01'), date('2025-01-02'), date('2025-01-02'), 'nppes', 'file.csv:2', 'run-0', ['public_identity']]] AS rows }
UNWIND $rows AS row
MATCH (run:RefreshRun {id: row[14]})
CREATE (run)<-[:APPLIED_BY]-(:Change {
  id: row[0], entityId: row[1], otherId: row[2], label: row[3], property: row[4], operation: row[5], kind: row[6],
  old: row[7], new: row[8], validAt: row[9], knownAt: row[10], recordedOn: row[11], source: row[12], record: row[13],
  run: row[14], dataClasses: row[15]
})
RETURN count(*) AS written;
