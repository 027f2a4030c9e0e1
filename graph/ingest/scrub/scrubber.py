"""The scrubber: a note with its identifiers replaced by marks, and how many of each class there were."""

from collections import Counter
from dataclasses import dataclass

from graph.ingest.scrub.names import NameFinder
from graph.ingest.scrub.patterns import Span, shaped
from graph.ingest.scrub.roster import Roster

VERSION = "1"
"""Raised when the same note would be scrubbed otherwise: notes land anew then."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A scrubbed note. ``removed`` counts by class, such as ``NAME:2``."""

    text: str
    removed: tuple[str, ...]


class Scrubber:
    """Scrubs notes with a roster; holds no state of them."""

    def __init__(self, roster: Roster) -> None:
        self._names = NameFinder(roster)

    def spans(self, text: str) -> list[Span]:
        """What is removed from a note: disjoint, in order."""
        taken: list[Span] = []
        for span in shaped(text):
            if all(span.end <= other.start or span.start >= other.end for other in taken):
                taken.append(span)
        taken += self._names.spans(text, [(span.start, span.end) for span in taken])
        return sorted(taken, key=lambda span: span.start)

    def scrub(self, text: str) -> Scrubbed:
        """The note with each span replaced by its class in brackets."""
        spans = self.spans(text)
        parts, at = [], 0
        for span in spans:
            parts += [text[at : span.start], f"[{span.kind}]"]
            at = span.end
        counts = Counter(span.kind for span in spans)
        return Scrubbed("".join([*parts, text[at:]]), tuple(f"{kind}:{counts[kind]}" for kind in sorted(counts)))
