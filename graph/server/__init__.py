"""The embedded default: a real Neo4j, put together from a lock and run as a process of its own."""
