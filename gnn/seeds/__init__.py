"""Which HCPs to choose: seed selection by reverse-reachable sets, with a certificate."""
