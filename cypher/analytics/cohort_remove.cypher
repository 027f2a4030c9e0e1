// Remove the cohorts of a month, to write them again as they were published.
// returns: removed
// :param [{month}] => { RETURN date('2000-01-01') AS month }
MATCH (cohort:Cohort {month: $month})
DETACH DELETE cohort
RETURN count(*) AS removed
