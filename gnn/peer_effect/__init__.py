"""The effect of peers' earlier adoption on an HCP's: an estimate, what may confound it, and a verdict in words."""
