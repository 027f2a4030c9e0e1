"""Words at an edit distance of one from a set of words: one letter lost, added, changed, or two swapped."""

from collections.abc import Iterable, Iterator

SHORTEST = 5
"""Shorter words have too many neighbours that are words of their own."""


class Near:
    """A set of words that is found although a word has one mistake.

    Every word is kept with each of its letters left out; two words with one mistake between them share one of these.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if len(word) >= SHORTEST)
        self._shorter: dict[str, list[str]] = {}
        for word in self._words:
            for shorter in set(_shorter(word)):
                self._shorter.setdefault(shorter, []).append(word)

    def has(self, word: str) -> bool:
        """True when ``word``, or one that differs from it by one mistake, is in the set."""
        if len(word) < SHORTEST:
            return False
        if word in self._words or word in self._shorter:
            return True
        return any(
            shorter in self._words or any(_swapped_or_changed(word, other) for other in self._shorter.get(shorter, ()))
            for shorter in _shorter(word)
        )


def _shorter(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _swapped_or_changed(word: str, other: str) -> bool:
    """True for words of one length that differ in one letter, or in two neighbours that changed places."""
    places = [at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two]
    if len(word) != len(other) or len(places) > 2:
        return False
    if len(places) < 2:
        return True
    first, second = places
    return second == first + 1 and word[first] == other[second] and word[second] == other[first]
