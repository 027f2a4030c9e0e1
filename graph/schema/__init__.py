"""The declaration: labels, relationships, properties; said once, checked at import."""
