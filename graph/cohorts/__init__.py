"""Published cohorts: counts of people in a fixed lattice of groups, from which no count of 1 to 10 can be derived."""
