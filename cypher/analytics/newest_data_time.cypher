// Which is the newest day that the data of the twin speaks of?
// returns: newest
CALL () {
  MATCH (source:Source)
  RETURN max(source.dataTime) AS day
UNION ALL
  MATCH (start:TherapyStart)
  RETURN max(start.knownAt) AS day
UNION ALL
  MATCH ()-[share:SHARES_PATIENTS]->()
  RETURN max(share.knownAt) AS day
}
RETURN max(day) AS newest
