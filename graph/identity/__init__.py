"""Identity: keys, minted ids and the identifiers that lead to them."""
