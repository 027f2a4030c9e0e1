"""The page about a model: one HTML file that needs nothing else."""
