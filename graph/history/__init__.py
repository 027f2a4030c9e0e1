"""History: what changed and when it was known."""
