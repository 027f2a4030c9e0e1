"""Where the API may listen."""

import pytest

from api.serving import listen
from graph.errors import ConfigurationError


def test_an_address_of_no_interface_here_is_named_with_the_reason() -> None:
    # 192.0.2.0/24 is kept for examples: no machine has it.
    with pytest.raises(ConfigurationError, match=r"cannot listen on '192\.0\.2\.1' \(.*assign.*\): check --host"):
        listen("192.0.2.1", None)
