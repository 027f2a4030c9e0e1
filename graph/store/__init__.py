"""The seam to Neo4j: one driver, texts from `cypher/` or derived from the declaration, bounded transactions."""

from graph.store.parts import BATCH, parts
from graph.store.planning import plan_anew
from graph.store.publish import publish
from graph.store.store import Store, Work, open_store

__all__ = ["BATCH", "Store", "Work", "open_store", "parts", "plan_anew", "publish"]
