"""From a validated selection to one Cypher statement.

    arguments   literals and variables become a tree of leaves; leaves travel as parameters
    writing     the statement under construction: parameters and fresh variable names
    rows        what a pattern binds, and how it is found
    rules       row rules of the policy as predicates
    cells       columns as expressions, guarded by the rules that hide cells
    patterns    what patterns have in common
    links       how one type leads to another: with `predictions` the only place with patterns
    predictions how predictions and their reasons are reached
    bands       a number as a word
    selection   fragments resolved, directives decided, same names merged
    filters     `where` as predicates
    pages       connections: sort keys, keyset, page information
    restricted  which cells a rule hid, for the extensions of the answer
    records     rows as lists of the values selected of them
    nodes       roots that lead to any type: by id, by the words of a name
    groups      rows of a connection counted and summed up
    indexes     what an index answers
    compile     the walk over the selection that puts it together
    answer      the answer from the lists that a statement returns
    questions   the rules of a row, asked one by one for `twin why`
    plan        the finished statement, bound to the values of one request

Identifiers come from the declaration and from tables in these modules, never from a request; what a request brings
are response names, which GraphQL restricts to letters, digits and underscores, and parameters.
"""
