// Remove a month of what is published by groups, to write it again as it was published.
// returns: removed
// :param [{label, month}] => { RETURN 'Cohort' AS label, date('2000-01-01') AS month }
MATCH (published:Cohort|PrescribingTotal|InteractionTotal|InquiryTotal {month: $month})
WHERE $label IN labels(published)
DETACH DELETE published
RETURN count(*) AS removed
