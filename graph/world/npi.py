"""Synthetic NPIs: ten digits with a right check digit from the block 2999: valid, and not issued so far.

The block has 100,000 numbers. Only a world whose people and organisations are more goes on in the block 2998.
"""

PREFIX = "2999"
NEXT_PREFIX = "2998"
BLOCK = 100_000
CAPACITY = 2 * BLOCK


def check_digit(nine: str) -> str:
    """The Luhn check digit of the first nine digits of an NPI (card prefix 80840)."""
    total = 0
    for position, digit in enumerate(reversed("80840" + nine)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_valid(npi: str) -> bool:
    """Whether `npi` has ten digits, starts with 1 or 2 and passes the check digit."""
    plausible = len(npi) == 10 and npi.isdigit() and npi[0] in "12"
    return plausible and check_digit(npi[:9]) == npi[9]


def synthetic_npi(index: int) -> str:
    """The NPI of entity `index`, 0 <= index < CAPACITY; distinct for distinct indexes."""
    # 7919 is prime to the size of the block: neighbours in the world do not get neighbouring NPIs.
    nine = f"{PREFIX if index < BLOCK else NEXT_PREFIX}{index * 7919 % BLOCK:05d}"
    return nine + check_digit(nine)
