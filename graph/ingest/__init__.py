"""Ingest: land, tokenise, validate, quarantine, resolve, fold, difference, apply."""
