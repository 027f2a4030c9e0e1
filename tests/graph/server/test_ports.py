"""Ports: free ones are found, wanted ones are respected."""

import socket
from collections.abc import Iterator

import pytest

from graph.errors import ConfigurationError
from graph.server.ports import is_free, wanted_port


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_wanted_port_that_is_taken_is_an_error_that_names_it(taken: int) -> None:
    with pytest.raises(ConfigurationError, match=f"TWIN_BOLT_PORT={taken} is taken by another program"):
        wanted_port("TWIN_BOLT_PORT", taken, 7687)


def test_a_usual_port_that_is_taken_moves(taken: int) -> None:
    port = wanted_port("TWIN_BOLT_PORT", None, taken)

    assert port != taken
    assert is_free(port)


def test_a_usual_port_that_is_free_is_used(taken: int) -> None:
    free = wanted_port("TWIN_BOLT_PORT", None, None)

    assert wanted_port("TWIN_BOLT_PORT", None, free) == free
    assert not is_free(taken)
