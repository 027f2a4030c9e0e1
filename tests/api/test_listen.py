"""Where the API may listen."""

import socket

import pytest

from api.serving import address_of, listen
from graph.errors import ConfigurationError


def test_an_address_of_no_interface_here_is_named_with_the_reason() -> None:
    # 192.0.2.0/24 is kept for examples: no machine has it.
    with pytest.raises(ConfigurationError, match=r"cannot listen on '192\.0\.2\.1' \(.*assign.*\): check --host"):
        listen("192.0.2.1", None)


def test_two_servers_that_start_at_once_find_a_place_each():
    # given one that has bound its port and answers nothing yet
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        # then the other has another one, and somebody who comes early waits instead of being turned away
        assert address_of(first) != address_of(second)
        with socket.create_connection(first.getsockname(), timeout=5):
            pass
