// Mark every HCP with the run that wrote its centralities and the newest day of its data.
// returns: stamped
// :param [{run, day}] => { RETURN 'analysis-example' AS run, date('2025-01-01') AS day }
MATCH (hcp:HCP)
WHERE hcp.pageRank IS NOT NULL
SET hcp.analysisRun = $run, hcp.analysedOn = $day
RETURN count(hcp) AS stamped
