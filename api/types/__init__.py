"""The GraphQL types, written by hand and bound to the declaration at import."""
