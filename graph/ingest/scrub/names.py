"""Names of people in a note: those of the roster, those that only look like names, and misspelt ones.

A word is judged by what it is (a roster or given name, a common word, part of a public name) and by where it stands
(after a title, before a credential, in the middle of a sentence with a capital). A doubtful word is removed only where
its place speaks for a person.
"""

import re

from graph.ingest.scrub.near import Near
from graph.ingest.scrub.patterns import Span
from graph.ingest.scrub.roster import LONGEST_PHRASE, Roster
from graph.ingest.scrub.wording import Word, common, possessive, shaped_like_none, words_of_note
from graph.ingest.scrub.words import (
    AMBIGUOUS,
    COMMON,
    CREDENTIALS,
    CUES,
    FORMAL,
    GIVEN,
    MONTHS,
    NO_NAME_AFTER_TITLE,
    ORGANISATIONS,
    PARTICLES,
    SOFT,
    VERBS,
)

_LETTERS_ONLY = re.compile(r"[.,]?[ \t]+")


class NameFinder:
    """Finds names of people with a roster; made once, used for many notes."""

    def __init__(self, roster: Roster) -> None:
        self._people = roster.people
        self._near = Near(word for word in roster.people if word not in COMMON)
        self._phrases: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted(roster.public, key=len, reverse=True):
            # A practice that is called like its doctor is no reason to keep the doctor's name.
            if not all(self._is_name(word) for word in phrase):
                self._phrases.setdefault(phrase[0], []).append(phrase)

    def spans(self, text: str, taken: list[tuple[int, int]]) -> list[Span]:
        """The names in ``text`` outside the stretches that are ``taken``."""
        words = words_of_note(text, taken)
        self._mark_public(words)
        _mark_dates(words, text)
        _mark_organisations(words)
        for at, word in enumerate(words):
            plain = not word.capital and word.lower in COMMON
            if not word.initial and not (plain and words[at - 1].lower not in FORMAL):
                self._judge(words, at)
        if any(word.name for word in words):
            self._join(words)
        return _merged(words, text)

    def _is_name(self, lower: str) -> bool:
        return lower in self._people or lower in GIVEN or lower in AMBIGUOUS

    def _mark_public(self, words: list[Word]) -> None:
        at = 0
        while at < len(words):
            for phrase in self._phrases.get(words[at].lower, ()):
                found = words[at : at + min(len(phrase), LONGEST_PHRASE)]
                if tuple(word.lower for word in found) == phrase and not _titled(words, at):
                    for word in found:
                        word.public = True
                    at += len(phrase) - 1
                    break
            at += 1

    def _judge(self, words: list[Word], at: int) -> None:
        word = words[at]
        before = words[at - 1] if at else None
        after = words[at + 1] if at + 1 < len(words) else None
        if _titled(words, at):
            self._after_title(words, at)
            return
        if word.public or word.lower in FORMAL:
            return
        plain = common(word.lower)
        named = self._is_name(word.lower)
        if not word.capital:
            cued = before is not None and before.lower in CUES | SOFT and not word.first
            if not plain and len(word.text) > 2:
                word.name = word.lower in GIVEN or (cued and (named or self._near.has(word.lower)))
            return
        if after is not None and _credential(after) and (named or not plain):
            word.name = True
        elif word.shouted:
            word.name = named and not plain and len(word.text) > 2
        elif named and not plain:
            word.name = True
        elif not word.first:
            soft = before is not None and before.lower in CUES | SOFT
            if plain:
                word.name = named and (soft or _speaks(after) or _name_beside(before, after))
            else:
                word.name = (
                    not shaped_like_none(word.lower) or self._near.has(word.lower) or (soft and len(word.text) > 2)
                )
        elif plain:
            word.name = named and (_speaks(after) or _name_beside(None, after))
        elif not shaped_like_none(word.lower):
            word.name = possessive(word) or _speaks(after) or self._near.has(word.lower) or _name_beside(None, after)

    def _after_title(self, words: list[Word], at: int) -> None:
        """A formal title, then a name: whatever is written with a capital, else what is no common word."""
        word = words[at]
        stops = word.lower in CUES or word.lower in VERBS or (common(word.lower) and not self._is_name(word.lower))
        word.name = word.capital and not (stops and word.lower in NO_NAME_AFTER_TITLE) if word.capital else not stops
        if word.initial:
            word.name = True
        word.titled = word.name
        if word.name and word.shouted and len(word.text) <= 2 and not self._is_name(word.lower):
            word.name = False

    def _join(self, words: list[Word]) -> None:
        """Take in initials, particles and doubtful capitalised words that stand beside a name."""
        for order in (range(len(words)), range(len(words) - 1, -1, -1)):
            for at in order:
                word = words[at]
                if not word.capital and word.lower not in PARTICLES:
                    continue
                if word.name or word.public or _credential(word) or word.lower in FORMAL:
                    continue
                before = at and words[at - 1].name and _beside(word.gap)
                after = at + 1 < len(words) and words[at + 1].name and _beside(words[at + 1].gap)
                if word.initial:
                    pointed = after and words[at + 1].gap.startswith(".")
                    word.name = bool(
                        (before and word.gap.strip() in ("", ".")) or (after and (pointed or word.text != "I"))
                    )
                elif word.lower in PARTICLES:
                    word.name = bool(before and _leads_to_name(words, at))
                elif word.capital and not word.shouted:
                    doubtful = not common(word.lower) or self._is_name(word.lower)
                    word.name = bool((before or (after and "." not in words[at + 1].gap)) and doubtful)
                    # After a title and a name whatever has a capital belongs to the name.
                    if not word.name and before and words[at - 1].titled and word.gap == " " and not word.first:
                        word.name = word.lower not in NO_NAME_AFTER_TITLE
                    word.titled = bool(word.name and before and words[at - 1].titled)


def _titled(words: list[Word], at: int) -> bool:
    """A formal title stands before the word, or before the names and initials that lead to it."""
    if not at or words[at].first:
        return False
    before = words[at - 1]
    return before.lower in FORMAL and words[at].gap.strip() in ("", ".") and words[at].gap != ""


def _credential(word: Word) -> bool:
    return word.lower in CREDENTIALS and word.gap.strip() in ("", ",") and (word.shouted or word.lower == "pharmd")


def _speaks(word: Word | None) -> bool:
    return word is not None and not word.first and word.lower in VERBS and word.gap.strip() == ""


def _beside(gap: str) -> bool:
    return gap.strip() in ("", ".", ",") and "\n" not in gap and gap.count(" ") <= 2 if gap else False


def _name_beside(before: Word | None, after: Word | None) -> bool:
    """A neighbour that is surely part of a name, or a capitalised word that is no other."""
    for word in (before, after):
        if word is None or word.public or not word.capital or word.shouted:
            continue
        if word is after and (word.first or word.gap.strip() not in ("", ",")):
            continue
        if not common(word.lower) and not shaped_like_none(word.lower) and (word is after or not word.first):
            return True
    return False


def _leads_to_name(words: list[Word], at: int) -> bool:
    """Only particles stand between the word and a name: van der Berg."""
    following = next((word for word in words[at + 1 : at + 4] if word.lower not in PARTICLES), None)
    return following is not None and following.name and _beside(words[at + 1].gap)


def _mark_dates(words: list[Word], text: str) -> None:
    """A month beside a number is no name."""
    for word in words:
        if word.lower in MONTHS:
            beside = text[max(0, word.start - 3) : word.start] + text[word.end : word.end + 3]
            word.public = word.public or any(map(str.isdigit, beside))


def _mark_organisations(words: list[Word]) -> None:
    """Capitalised words in one run with a word such as Hospital are an organisation's name."""
    at = 0
    while at < len(words):
        if not words[at].capital:
            at += 1
            continue
        until = at
        while until < len(words) and words[until].capital and (until == at or _in_run(words[until])):
            until += 1
        run = words[at:until]
        # The first word alone may be the beginning of a sentence.
        kinds = [place for place, word in enumerate(run) if word.lower in ORGANISATIONS and not word.shouted]
        if kinds and kinds[-1] > 0:
            for place, word in enumerate(run[: kinds[-1] + 1]):
                titled = _titled(words, at + place) or (place and run[place - 1].lower in FORMAL)
                word.public = word.public or not titled
        at = max(until, at + 1)


def _in_run(word: Word) -> bool:
    return word.gap.strip() in ("", "&", "'", ".") and not word.first and "\n" not in word.gap


def _merged(words: list[Word], text: str) -> list[Span]:
    """Names with nothing but a space, a point or a comma between them are one."""
    spans: list[Span] = []
    for word in words:
        if not word.name:
            continue
        end = word.end - 2 if possessive(word) else word.end
        if spans and _LETTERS_ONLY.fullmatch(text[spans[-1].end : word.start]):
            spans[-1] = Span(spans[-1].start, end, "NAME")
        else:
            spans.append(Span(word.start, end, "NAME"))
    return spans
