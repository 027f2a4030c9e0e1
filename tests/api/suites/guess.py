"""clairvoyance with the shortest path to each type, run by the tool's own Python.

The tool looks for a path to a type whose fields it does not know yet, and loses its way where types lead back to one
another, which is what a graph is made of.
"""

import sys
from collections import deque

from clairvoyance import graphql  # type: ignore[import-not-found]
from clairvoyance.cli import cli  # type: ignore[import-not-found]


def shortest_path(self: graphql.Schema, name: str) -> list[str]:
    """The query type and the fields that lead from it to the type."""
    root = self._schema["queryType"]["name"]
    paths = {root: [root]}
    waiting = deque([root])
    while waiting:
        here = waiting.popleft()
        for field in self.types[here].fields:
            if field.type.name in self.types and field.type.name not in paths:
                paths[field.type.name] = [*paths[here], field.name]
                waiting.append(field.type.name)
    return paths[name]


graphql.Schema.get_path_from_root = shortest_path
sys.exit(cli())
