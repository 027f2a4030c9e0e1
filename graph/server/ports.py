"""Ports on the loopback address."""

import socket

from graph.errors import ConfigurationError
from graph.server.configuration import HOST


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As Neo4j does it: a port whose last connections are winding down counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(usual: int | None) -> int:
    """The usual port when it is free, else one that the system picks."""
    if usual is not None and is_free(usual):
        return usual
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wanted_port(variable: str, wanted: int | None, usual: int | None) -> int:
    """The port somebody asked for, or a free one; raise `ConfigurationError` when the asked one is taken."""
    if wanted is None:
        return free_port(usual)
    if not is_free(wanted):
        raise ConfigurationError(f"{variable}={wanted!r} is taken by another program: end it, or unset {variable}")
    return wanted
