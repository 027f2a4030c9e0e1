"""One mapping file per feed, and the value it is read into."""

from graph.sources.mapping import Claim, Column, Mapping, Prepare, Table, load_mapping, load_mappings

__all__ = ["Claim", "Column", "Mapping", "Prepare", "Table", "load_mapping", "load_mappings"]
