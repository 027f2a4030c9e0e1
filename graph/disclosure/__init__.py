"""Publishing without disclosing: lattices of groups, what of them is shown, the proof, and what was ever published."""
