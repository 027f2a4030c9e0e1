"""Failures of the sample world.

WorldError            a world cannot be built as asked
"""

from graph.errors import TwinError


class WorldError(TwinError):
    """A sample world cannot be built as asked; nothing was written."""

    exit_code = 2
