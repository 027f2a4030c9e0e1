"""A record as a reader yields it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number in the file, and the text of each column of the contract, in its order.

    ``problem`` says why the record cannot be read; it has no texts then.
    """

    line: int
    texts: tuple[str | None, ...] = ()
    problem: str | None = None
