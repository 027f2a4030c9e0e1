// How far do the facts behind totals reach: of what kind, the first day, and the day up to which they are known?
// A single misdated row does not stretch it: nothing is known later than the newest delivery.
// returns: topic, first, known_to
// sensitive: MedicalInquiry.receivedOn
CALL () {
  MATCH ()-[prescribed:PRESCRIBED]->()
  RETURN
    'prescribing' AS topic,
    min(prescribed.month) AS first,
    max(prescribed.month) + duration({months: 1}) - duration({days: 1}) AS newest
  UNION ALL
  MATCH (interaction:Interaction)
  RETURN 'interaction' AS topic, min(interaction.occurredOn) AS first, max(interaction.occurredOn) AS newest
  UNION ALL
  MATCH (inquiry:MedicalInquiry)
  RETURN 'inquiry' AS topic, min(inquiry.receivedOn) AS first, max(inquiry.receivedOn) AS newest
}
WITH topic, first, newest
WHERE first IS NOT NULL
OPTIONAL MATCH (source:Source)
WITH topic, first, newest, max(source.deliveredOn) AS delivered
RETURN topic, first, CASE WHEN delivered < newest THEN delivered ELSE newest END AS known_to
