"""The field force: who covers which territory when, which HCPs change territory, who opted out."""

from dataclasses import dataclass

import numpy as np

from graph.world import names
from graph.world.accounts import Accounts
from graph.world.arrays import Integers
from graph.world.clock import Clock
from graph.world.hcps import Hcps
from graph.world.places import STATES, Territories
from graph.world.settings import WorldSettings
from graph.world.streams import stream

MOVED = 0.02
OPTED_OUT = 0.04
VACANT = -1
VACANCY = 28
"""Days until a territory whose rep left has a new one."""


@dataclass(frozen=True, slots=True)
class Move:
    """An HCP goes from one territory to another on a day."""

    day: int
    hcp: int
    to: int


@dataclass(frozen=True, slots=True)
class Departure:
    """The rep of a territory works there until the day before `day`; `successor` begins VACANCY days later."""

    day: int
    territory: int
    successor: str
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """What the field feeds know; moves, opt-outs and departures are ordered by day."""

    moves: tuple[Move, ...]
    opt_outs: tuple[tuple[int, int], ...]
    """(day, hcp)."""
    reps: tuple[str, ...]
    """Name of the first rep of each territory."""
    managers: tuple[str, ...]
    """Name of the manager of each district."""
    departures: tuple[Departure, ...]
    relocated: dict[int, int]
    """HCPs who move to another territory for good, and the account they work at then."""
    home: Integers
    """[hcp]: territory at the start."""

    def territories_at(self, hcp: Integers, day: Integers) -> Integers:
        """The territory of each HCP on each day."""
        moved = np.full(len(self.home), np.iinfo(np.int64).max)
        to = self.home.copy()
        for move in self.moves:
            moved[move.hcp], to[move.hcp] = move.day, move.to
        return np.where(day >= moved[hcp], to[hcp], self.home[hcp])

    def users_at(self, territory: Integers, day: Integers) -> Integers:
        """The rep of each territory on each day as an index into `users`, VACANT while there is none."""
        user = territory.copy()
        for index, one in enumerate(self.departures):
            here = (territory == one.territory) & (day >= one.day)
            user[here] = np.where(day[here] >= one.day + VACANCY, len(self.reps) + index, VACANT)
        return user

    @property
    def users(self) -> tuple[str, ...]:
        """User ids of all reps: the first of each territory, then the successors."""
        return (*(first_user(index) for index in range(len(self.reps))), *(one.successor for one in self.departures))


def first_user(territory: int) -> str:
    """User id of the first rep of a territory."""
    return f"U{territory + 1:04d}"


def make_field(
    settings: WorldSettings, clock: Clock, territories: Territories, accounts: Accounts, hcps: Hcps
) -> Field:
    """Half of the moves lie in the backfill, a few come in the fourth weekly delivery, relocations in the sixth."""
    random = stream(settings.seed, "field")
    count = len(hcps.npi)
    people = random.permutation(count)
    moving = max(4, round(MOVED * count))
    late = max(2, moving // 8)
    places = len(territories.ids)
    moves = []
    for rank, hcp in enumerate(people[:moving].tolist()):
        weekly = rank < late
        day = clock.delivery(4) - 4 if weekly else int(random.integers(60, clock.deliveries[0]))
        to = (int(hcps.territory[hcp]) + 1 + rank % 2) % places
        moves.append(Move(day, hcp, to))
    opting = max(4, round(OPTED_OUT * count))
    opt_outs = []
    for rank, hcp in enumerate(people[-opting:].tolist()):
        weekly = rank < max(2, opting // 20)
        day = clock.delivery(5) - 5 if weekly else int(random.integers(-700, clock.deliveries[0]))
        opt_outs.append((day, hcp))
    person = names.words(random, 2 * (places + len(STATES)), 2)
    full = [f"{first} {last}" for first, last in zip(person[::2], person[1::2], strict=True)]
    relocated = _relocated(settings, accounts, hcps, people[moving:-opting].tolist())
    for hcp, account in relocated.items():
        moves.append(Move(clock.delivery(6) - 6, hcp, int(accounts.territory[account])))
    return Field(
        moves=tuple(sorted(moves, key=lambda move: (move.day, move.hcp))),
        opt_outs=tuple(sorted(opt_outs)),
        reps=tuple(full[:places]),
        managers=tuple(full[places:]),
        departures=_departures(settings, clock, places),
        relocated=relocated,
        home=hcps.territory,
    )


def _relocated(settings: WorldSettings, accounts: Accounts, hcps: Hcps, people: list[int]) -> dict[int, int]:
    """A few HCPs who practise, and an account in another territory for each."""
    random = stream(settings.seed, "relocations")
    chosen: dict[int, int] = {}
    for hcp in [one for one in people if not hcps.retired[one]][: 1 + settings.hcps // 1000]:
        elsewhere = np.flatnonzero(accounts.territory != hcps.territory[hcp])
        chosen[hcp] = int(elsewhere[random.integers(len(elsewhere))])
    return chosen


def _departures(settings: WorldSettings, clock: Clock, places: int) -> tuple[Departure, ...]:
    """One rep leaves in the sixth week of the weekly deliveries, others within the backfill."""
    random = stream(settings.seed, "departures")
    leaving = random.permutation(places)[: 2 + places // 25].tolist()
    words = names.words(random, 2 * len(leaving), 2)
    found = []
    for rank, territory in enumerate(leaving):
        day = clock.delivery(6) - 5 if rank == 0 else int(random.integers(clock.launch, clock.deliveries[0]))
        name = f"{words[2 * rank]} {words[2 * rank + 1]}"
        found.append(Departure(day, territory, f"U8{rank + 1:03d}", name))
    return tuple(sorted(found, key=lambda one: (one.day, one.territory)))
