"""Models against known truth, over many sample worlds. Truth is read here alone: no part of the product does."""
