"""The twin itself: schema, store, ingest, history, governance. Knows neither HTTP nor torch."""
