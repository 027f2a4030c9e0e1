"""Feed `field_notes`: what reps wrote after calls; the truth knows what personal data stands where."""

from collections.abc import Iterator

import numpy as np

from graph.world.arrays import Integers
from graph.world.notes import NoteText, Planted
from graph.world.promotion import FACE_TO_FACE
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery, cell, window
from graph.world.writers.people import People

COLUMNS = "note_id,user_id,npi,written_at,text"
NOTED = 0.15
"""Share of the calls in person after which a rep writes a note."""
INJECTED = 0.05
"""Share of the notes that try to instruct whoever reads them, where the regime has it."""


class NoteWriter:
    """Composes the notes of all calls; each call's text follows from the call alone."""

    def __init__(self, world: World, people: People) -> None:
        random = stream(world.settings.seed, "field notes")
        calls = world.promotion.calls
        draw = random.random(len(calls.day))
        self._world, self._people = world, people
        self._noted: Integers = np.flatnonzero((calls.channel == FACE_TO_FACE) & (draw < NOTED))

    def __len__(self) -> int:
        return len(self._noted)

    def write(self, delivery: Delivery, before: int, day: int) -> None:
        """Notes written in a window of days: on the day of the call."""
        world, calls = self._world, self._world.promotion.calls

        def lines() -> Iterator[str]:
            yield COLUMNS
            for number in window(calls.day[self._noted], before, day):
                call = int(self._noted[number])
                text, _ = self._compose(number)
                yield (
                    f"{note_id(number)},{world.field.users[calls.user[call]]},{world.hcps.npi[calls.hcp[call]]},"
                    f"{world.clock.iso(calls.day[call])},{cell(text)}"
                )

        name = f"field_notes_{delivery.date.replace('-', '')}.csv"
        delivery.add("field_notes", name, lines(), header=True, complete=False)

    def planted(self) -> Iterator[tuple[str, Planted]]:
        """Every piece of personal data with the note it stands in."""
        for number in range(len(self)):
            for one in self._compose(number)[1]:
                yield note_id(number), one

    def _compose(self, number: int) -> tuple[str, list[Planted]]:
        settings = self._world.settings
        random = stream(settings.seed, f"note {number}")
        injected = settings.planted.adversarial and random.random() < INJECTED
        writer = NoteText(random, self._people.first, self._people.last)
        return writer.compose(int(self._world.promotion.calls.hcp[self._noted[number]]), injected=injected)


def note_id(number: int) -> str:
    return f"N{number:07d}"
