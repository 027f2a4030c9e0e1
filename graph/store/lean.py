"""Keep analytics packages out of processes that do not need them.

The Neo4j driver imports numpy, pandas and pyarrow whenever they are installed, which costs a serving
process about 100 MB and half a second.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

ANALYTICS = ("numpy", "pandas", "pyarrow")


@contextmanager
def analytics_blocked() -> Iterator[None]:
    """Within the block, importing an analytics package that is not loaded yet raises ImportError."""
    blocked = [name for name in ANALYTICS if name not in sys.modules]
    for name in blocked:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in blocked:
            if sys.modules.get(name, "missing") is None:
                del sys.modules[name]
