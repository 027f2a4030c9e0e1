// Does a refresh commit right now? Then `writing` differs from `published`. Both null: nothing was ever published.
// returns: published, writing
OPTIONAL MATCH (publishedSequence:Sequence {name: 'published'})
OPTIONAL MATCH (writingSequence:Sequence {name: 'writing'})
RETURN publishedSequence.value AS published, writingSequence.value AS writing;
