"""The guarded way in: GraphQL, tokens, and the command line."""
