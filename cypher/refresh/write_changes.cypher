// Log applied differences: what was, what is, when it held, when it was known, from which record, by which run.
// returns: written
// :param [{rows}] => { RETURN [['chg_0', 'hcp_0', 'HCP', 'city', 'changed', '"A"', '"B"', date('2025-01-01'), date('2025-01-02'), 'nppes', 'file.csv:2', 'run-0', ['public_identity']]] AS rows }
UNWIND $rows AS row
MATCH (run:RefreshRun {id: row[11]})
CREATE (run)<-[:APPLIED_BY]-(:Change {
  id: row[0], entityId: row[1], label: row[2], property: row[3], kind: row[4], old: row[5], new: row[6],
  validAt: row[7], knownAt: row[8], source: row[9], record: row[10], run: row[11], dataClasses: row[12]
})
RETURN count(*) AS written;
