// Which territories lie within the named ones, themselves included? Without names: every territory, as its own.
// returns: territory, within
// :param [{territories}] => { RETURN ['T-001'] AS territories }
MATCH (within:Territory)-[:PART_OF*0..5]->(named:Territory)
WHERE named.territoryId IN $territories OR (size($territories) = 0 AND named = within)
RETURN named.territoryId AS territory, collect(DISTINCT within.id) AS within
ORDER BY territory
