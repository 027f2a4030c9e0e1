// The sequence that readers see as published. No row: nothing was ever published.
// returns: sequence
MATCH (published:Sequence {name: 'published'})
RETURN published.value AS sequence;
