"""The words of a note: where they stand, how they are written, whether they are common ones."""

import functools
from dataclasses import dataclass

from graph.ingest.scrub.roster import WORD
from graph.ingest.scrub.words import BEGINNINGS, COMMON, CUES, FORMAL, ORGANISATIONS, SHAPES, SOFT, VERBS

_SENTENCE_END = frozenset('.!?:;\n\u2022*-/("[|>')
_POSSESSIVE = ("'s", "\u2019s")
_ENDINGS = ("ies", "es", "s", "ied", "ed", "d", "ing", "ly", "er", "ers", "n't")


@dataclass(slots=True)
class Word:
    """A word of a note. ``first`` begins a sentence; ``name`` is the verdict."""

    start: int
    end: int
    text: str
    lower: str
    first: bool
    gap: str
    capital: bool
    initial: bool
    shouted: bool
    name: bool = False
    titled: bool = False
    public: bool = False


def words_of_note(text: str, taken: list[tuple[int, int]]) -> list[Word]:
    found: list[Word] = []
    end = 0
    for match in WORD.finditer(text):
        start, stop = match.span()
        if taken and any(start < until and stop > since for since, until in taken):
            continue
        gap = text[end:start]
        mark = "" if gap == " " else gap.strip(" \t")[-1:]
        abbreviation = (
            mark == "." and bool(found) and (found[-1].lower in FORMAL or found[-1].initial or found[-1].lower == "st")
        )
        first = not found or "\n" in gap or (mark in _SENTENCE_END and bool(mark) and not abbreviation)
        word, capital, upper = match[0], text[start].isupper(), stop - start > 1 and text[start:stop].isupper()
        initial = capital and stop - start == 1
        found.append(Word(start, stop, word, _plain(word), first, gap, capital, initial, upper))
        end = stop
    return found


def _plain(word: str) -> str:
    lower = word.lower()
    return lower[:-2] if lower.endswith(_POSSESSIVE) else lower


def possessive(word: Word) -> bool:
    return word.text.endswith(_POSSESSIVE)


@functools.lru_cache(maxsize=65_536)
def common(lower: str) -> bool:
    """True for a common word, its inflections, and compounds of such."""
    if lower in COMMON or lower in ORGANISATIONS or lower in VERBS or lower in CUES or lower in SOFT:
        return True
    if "-" in lower:
        return all(common(part) or len(part) < 3 for part in lower.split("-"))
    if "'" in lower or "\u2019" in lower:
        head, _, tail = lower.replace("\u2019", "'").partition("'")
        return tail in ("t", "s", "ll", "re", "ve", "d", "m") and (common(head) or common(head.removesuffix("n")))
    for ending in _ENDINGS:
        if lower.endswith(ending) and len(lower) - len(ending) > 2:
            stem = lower[: -len(ending)]
            if stem in COMMON or stem + "e" in COMMON or (ending in ("ies", "ied") and stem + "y" in COMMON):
                return True
            if ending in ("ed", "ing", "er") and len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in COMMON:
                return True
    return any(lower.startswith(one) and len(lower) > len(one) + 3 and common(lower[len(one) :]) for one in BEGINNINGS)


def shaped_like_none(lower: str) -> bool:
    return lower.endswith(SHAPES)
