"""Made-up names from syllables; none is taken from a list of persons or firms."""

import numpy as np

ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "dr", "tr", "kl")
VOWELS = ("a", "e", "i", "o", "u", "ae", "ou")
CODAS = ("", "", "n", "r", "l", "s", "x", "th")


def word(random: np.random.Generator, syllables: int) -> str:
    """One capitalised word of `syllables` syllables."""
    parts: list[str] = []
    for _ in range(syllables):
        parts.append(ONSETS[random.integers(len(ONSETS))])
        parts.append(VOWELS[random.integers(len(VOWELS))])
    parts.append(CODAS[random.integers(len(CODAS))])
    return "".join(parts).capitalize()


def words(random: np.random.Generator, count: int, syllables: int) -> list[str]:
    """`count` different words, in the order drawn."""
    seen: dict[str, None] = {}
    while len(seen) < count:
        seen[word(random, syllables)] = None
    return list(seen)
