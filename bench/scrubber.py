"""How well and how fast notes are scrubbed: recall by class, precision, notes per second of one core.

python -m bench.scrubber [--notes 2000] [--seed 11] [--misses]

An identifier counts as found when every character of it is removed; what is removed counts as right when it touches an
identifier. Goals: recall .99 of identifiers with a shape, .95 of names, precision .95, 2,000 notes a second.
"""

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.notes import Corpus, corpus
from graph.ingest.scrub import Roster, Scrubber

GOALS = {"NAME": 0.95}
SHAPED_GOAL, PRECISION_GOAL, SPEED_GOAL = 0.99, 0.95, 2_000


@dataclass(slots=True)
class Measured:
    """Counts by class; ``misses`` and ``wrong`` are texts for whoever improves the scrubber."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def recall(self, *kinds: str) -> float:
        return sum(self.found[kind] for kind in kinds) / sum(self.planted[kind] for kind in kinds)

    @property
    def shaped(self) -> tuple[str, ...]:
        return tuple(sorted(kind for kind in self.planted if kind != "NAME"))

    @property
    def precision(self) -> float:
        return self.right.total() / self.removed.total()

    @property
    def name_precision(self) -> float:
        return self.right["NAME"] / self.removed["NAME"]


def measure(given: Corpus) -> Measured:
    """Scrub a corpus and compare with what was planted."""
    scrubber, measured = Scrubber(Roster.of(given.people, given.public)), Measured()
    for note in given.notes:
        spans = scrubber.spans(note.text)
        gone = {at for span in spans for at in range(span.start, span.end)}
        for start, end, kind in note.truth:
            measured.planted[kind] += 1
            left = [at for at in range(start, end) if at not in gone and note.text[at].isalnum()]
            measured.found[kind] += not left
            if left:
                measured.misses.append(f"{kind} {note.text[start:end]!r} in {note.text!r}")
        for span in spans:
            measured.removed[span.kind] += 1
            right = any(span.start < end and span.end > start for start, end, _ in note.truth)
            measured.right[span.kind] += right
            if not right:
                measured.wrong.append(f"{span.kind} {note.text[span.start : span.end]!r} in {note.text!r}")
    return measured


def speed(given: Corpus) -> float:
    """Notes per second of processor time."""
    scrubber = Scrubber(Roster.of(given.people, given.public))
    started = time.process_time()
    for note in given.notes:
        scrubber.scrub(note.text)
    return len(given.notes) / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--misses", action="store_true", help="print what was missed or wrongly removed")
    options = parser.parse_args()
    given = corpus(options.notes, options.seed)
    measured = measure(given)
    lines = [f"{'class':<12}{'planted':>9}{'found':>9}{'recall':>9}{'goal':>7}{'removed':>9}{'precision':>11}"]
    for kind in (*measured.shaped, "NAME"):
        removed = measured.removed[kind]
        precision = f"{measured.right[kind] / removed:.3f}" if removed else "-"
        goal = GOALS.get(kind, SHAPED_GOAL)
        lines.append(
            f"{kind:<12}{measured.planted[kind]:>9,}{measured.found[kind]:>9,}{measured.recall(kind):>9.3f}{goal:>7}"
            f"{removed:>9,}{precision:>11}"
        )
    length = sum(len(note.text) for note in given.notes) / len(given.notes)
    lines += [
        f"\n{len(given.notes):,} notes of {length:.0f} characters on average, seed {options.seed}",
        f"recall, shaped   {measured.recall(*measured.shaped):.4f}   goal {SHAPED_GOAL}",
        f"recall, names    {measured.recall('NAME'):.4f}   goal {GOALS['NAME']}",
        f"precision        {measured.precision:.4f}   goal {PRECISION_GOAL}",
        f"notes per second {speed(given):,.0f}   goal {SPEED_GOAL:,}",
    ]
    if options.misses:
        lines += ["", "missed:", *measured.misses, "", "wrongly removed:", *measured.wrong]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
