"""Features: pure functions of a snapshot, each with the group under which it is explained."""
