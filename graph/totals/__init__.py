"""Published totals: how many HCPs prescribed, were contacted or asked, and how often, by the groups of a lattice."""
