"""Graph data science on the shared-patient network, written back for people and the API."""
