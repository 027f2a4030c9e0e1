"""NPIs: the check digit as published, and synthetic ones that never repeat."""

import pytest

from graph.world.npi import BLOCK, CAPACITY, NEXT_PREFIX, PREFIX, is_valid, synthetic_npi


@pytest.mark.parametrize(
    ("npi", "valid"),
    [
        pytest.param("1234567893", True, id="right check digit"),
        pytest.param("2999000005", True, id="right check digit, another"),
        pytest.param("1234567890", False, id="wrong check digit"),
        pytest.param("1234567891", False, id="wrong check digit, another"),
        pytest.param("123456789", False, id="nine digits"),
        pytest.param("3234567893", False, id="starts with three"),
        pytest.param("12345678X3", False, id="a letter"),
    ],
)
def test_the_check_digit_follows_the_published_examples(npi: str, valid: bool) -> None:
    assert is_valid(npi) is valid


def test_synthetic_npis_are_valid_distinct_and_in_their_block() -> None:
    # given every index there is
    npis = [synthetic_npi(index) for index in range(CAPACITY)]
    # then none repeats and each is well formed
    assert len(set(npis)) == CAPACITY
    assert all(is_valid(npi) and npi.startswith(PREFIX) for npi in npis[:BLOCK])
    assert all(is_valid(npi) and npi.startswith(NEXT_PREFIX) for npi in npis[BLOCK:])
