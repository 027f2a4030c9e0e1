"""GraphiQL for development, from files that set-up fetched: nothing is loaded from another host."""
