"""Feed `crm`: the Veeva export, classic names first and Vault names from the fifth weekly delivery on."""

from collections.abc import Iterator

import numpy as np

from graph.world.arrays import Integers
from graph.world.crm import FORMER_NAME, MISSPELT, NO_NUMBER, PRIMARY, CrmAccounts
from graph.world.places import STATES
from graph.world.products import OWN, PRODUCTS
from graph.world.promotion import CONTROL, IGNORED, POLICY, TAKEN
from graph.world.specialties import SPECIALTIES, TAXONOMIES
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers import crm_layout as layout
from graph.world.writers.crm_layout import CrmObject
from graph.world.writers.delivery import Delivery, cell, window
from graph.world.writers.people import People

VAULT = 5
"""Number of the first weekly delivery in the layout of Vault."""
AGAIN = 4
"""Number of the weekly delivery that brings accounts and addresses a second time."""
CHANNELS = ("Face_to_face_vod", "Video_vod", "Phone_vod")
CONSENTING = 0.5
"""Share of the HCPs who ever said yes or no to e-mail."""
OWN_ID = "a00D00000000001"
_VOWELS = "aeiou"


class CrmWriter:
    """Writes what is new in each delivery; accounts and addresses whole."""

    def __init__(self, world: World, people: People) -> None:
        self._world, self._people, self._crm = world, people, world.crm
        random = stream(world.settings.seed, "crm export")
        # A call on someone with two records goes to the second one now and then.
        calls, emails, suggestions = world.promotion.calls, world.promotion.emails, world.promotion.suggestions
        self._called = _record(self._crm, calls.hcp, random.random(len(calls.hcp)) < 0.3)
        self._mailed = _record(self._crm, emails.hcp, random.random(len(emails.hcp)) < 0.3)
        self._suggested = _record(self._crm, suggestions.hcp, random.random(len(suggestions.hcp)) < 0.0)
        self._consents = self._make_consents(random)
        self._users = world.field.users

    def write(self, delivery: Delivery, number: int, before: int, day: int) -> None:
        """Everything for the delivery `number`, which covers the days after `before` up to `day`."""
        vault = number >= VAULT
        whole = [(layout.ACCOUNT, self._accounts()), (layout.ADDRESS, self._addresses())]
        if number == 0:
            whole.append(
                (
                    layout.PRODUCT,
                    iter([f"{OWN_ID},{PRODUCTS[OWN].brand},Detail,PRD-1,{_stamp(self._world.clock.iso(0))}"]),
                )
            )
        if number in (0, AGAIN, VAULT):
            for kind, lines in whole:
                _add(delivery, kind, lines, vault=vault, complete=True)
        for kind, lines in (
            (layout.CALL, self._calls(before, day)),
            (layout.CALL_DETAIL, self._details(before, day)),
            (layout.SENT_EMAIL, self._emails(before, day)),
            (layout.CONSENT, self._consent(before, day)),
            (layout.SUGGESTION, self._suggestions(before, day)),
            (layout.FEEDBACK, self._feedback(before, day)),
        ):
            _add(delivery, kind, lines, vault=vault, complete=False)

    def _accounts(self) -> Iterator[str]:
        crm, hcps = self._crm, self._world.hcps
        names = {one.code: one.classification for one in TAXONOMIES}
        for record, (hcp, kind, stale) in enumerate(
            zip(crm.hcp.tolist(), crm.kind.tolist(), crm.stale.tolist(), strict=True)
        ):
            if not crm.known[hcp]:
                continue
            first, last = self._people.first[hcp], self._people.last[hcp]
            if kind == MISSPELT:
                last = _misspelt(last, record)
            elif kind == FORMER_NAME or (stale and record % 2):
                last = self._people.last[(hcp + 7) % len(hcps.npi)]
            npi = "" if kind in (NO_NUMBER, MISSPELT, FORMER_NAME) else hcps.npi[hcp]
            specialty = names[SPECIALTIES[hcps.specialty[hcp]].code]
            status = "Inactive_vod" if hcps.retired[hcp] and not stale else "Active_vod"
            yield (
                f"{crm.id_of(record)},{first} {last},{first},{last},true,{npi},{specialty},{status},"
                f"{'' if kind != PRIMARY else f'EXT{record:07d}'},{self._touched(record)}"
            )
        accounts = self._world.accounts
        for index, (npi, name) in enumerate(zip(accounts.npi, accounts.name, strict=True)):
            record = crm.first_organisation + index
            account, touched = crm.id_of(record), self._touched(record)
            yield f"{account},{name},,,false,{npi},Hospital,Active_vod,EXT{record:07d},{touched}"

    def _addresses(self) -> Iterator[str]:
        """A street of the territory for each record; a stale one is that of a territory further on."""
        crm, places = self._crm, self._world.territories
        for record, (hcp, stale) in enumerate(zip(crm.hcp.tolist(), crm.stale.tolist(), strict=True)):
            if not crm.known[hcp]:
                continue
            where = (int(self._world.hcps.territory[hcp]) + 3 * stale) % len(places.ids)
            state = STATES[places.state[where]].code
            yield (
                f"a01D{record:011d},{crm.id_of(record)},{1 + record % 1900} {places.names[where]} Ave,"
                f"{places.names[where]},{state},{places.zip3[where]}{1 + record % 99:02d},true,{self._touched(record)}"
            )

    def _touched(self, record: int) -> str:
        """When somebody last changed a record: long ago, and the same in every export."""
        return _stamp(self._world.clock.iso(record * 37 % max(1, self._world.clock.deliveries[0])))

    def _calls(self, before: int, day: int) -> Iterator[str]:
        calls, clock = self._world.promotion.calls, self._world.clock
        for one in window(calls.day, before, day):
            when = clock.iso(calls.day[one])
            yield (
                f"a04D{one:011d},{self._crm.id_of(int(self._called[one]))},{self._users[calls.user[one]]},{when},"
                f"Detail Only,{CHANNELS[calls.channel[one]]},{calls.minutes[one]},Submitted_vod,{_stamp(when)}"
            )

    def _details(self, before: int, day: int) -> Iterator[str]:
        calls, clock = self._world.promotion.calls, self._world.clock
        for one in window(calls.day, before, day):
            yield f"a05D{one:011d},a04D{one:011d},{OWN_ID},1,{_stamp(clock.iso(calls.day[one]))}"

    def _emails(self, before: int, day: int) -> Iterator[str]:
        emails, clock = self._world.promotion.emails, self._world.clock
        for one in window(emails.day, before, day):
            when = clock.iso(emails.day[one])
            yield (
                f"a06D{one:011d},{self._crm.id_of(int(self._mailed[one]))},{self._users[emails.user[one]]},{OWN_ID},"
                f"{when},Delivered_vod,{int(emails.opened[one])},{int(emails.clicked[one])},{_stamp(when)}"
            )

    def _make_consents(self, random: np.random.Generator) -> tuple[Integers, Integers, Integers]:
        """Day, HCP and choice (1 yes) of each capture, in order of time; a later one revokes an earlier one."""
        clock = self._world.clock
        asked = np.flatnonzero(self._crm.known & (random.random(len(self._crm.known)) < CONSENTING))
        hcp = np.repeat(asked, random.choice([1, 2, 3], len(asked), p=[0.75, 0.2, 0.05]))
        day = random.integers(0, clock.days, len(hcp))
        yes = (random.random(len(hcp)) < 0.78).astype(np.int64)
        order = np.lexsort((hcp, day))
        return day[order].astype(np.int64), hcp[order].astype(np.int64), yes[order]

    def _consent(self, before: int, day: int) -> Iterator[str]:
        when, hcp, yes = self._consents
        for one in window(when, before, day):
            date = self._world.clock.iso(when[one])
            choice = "Opt_In_vod" if yes[one] else "Opt_Out_vod"
            captured = f"{date}T{8 + one % 10:02d}:{one % 60:02d}:00.000Z"
            account = self._crm.id_of(int(hcp[one]))
            yield f"a07D{one:011d},{account},email,{choice},{captured},{_stamp(date)}"

    def _suggestions(self, before: int, day: int) -> Iterator[str]:
        suggestions, clock = self._world.promotion.suggestions, self._world.clock
        for one in window(suggestions.day, before, day):
            posted, arm = clock.iso(suggestions.day[one]), int(suggestions.arm[one])
            drawn = "" if arm == POLICY else ("control" if arm == CONTROL else "treatment")
            odds = "" if arm == POLICY else f"{suggestions.propensity[one]:.2f}"
            yield (
                f"a08D{one:011d},S{one:08d},{self._crm.id_of(int(self._suggested[one]))},"
                f"{self._users[suggestions.user[one]]},{OWN_ID},Call on this HCP,"
                + cell("Writes much in the class, no call of late")
                + f",{'Urgent_vod' if one % 10 == 0 else 'Normal_vod'},{posted},{clock.iso(suggestions.day[one] + 28)},"
                f"{drawn},{odds},{_stamp(posted)}"
            )

    def _feedback(self, before: int, day: int) -> Iterator[str]:
        suggestions, clock = self._world.promotion.suggestions, self._world.clock
        for one in window(suggestions.responded, before, day):
            if suggestions.response[one] != IGNORED:
                when = _stamp(clock.iso(suggestions.responded[one]))
                did = "Mark_As_Complete_vod" if suggestions.response[one] == TAKEN else "Dismiss_vod"
                yield f"a09D{one:011d},a08D{one:011d},{did},{when},{when}"


def _add(delivery: Delivery, kind: CrmObject, lines: Iterator[str], *, vault: bool, complete: bool) -> None:
    def listed() -> Iterator[str]:
        yield kind.header(vault=vault)
        yield from lines

    delivery.add("crm", kind.file(vault=vault), listed(), header=True, complete=complete)


def _record(crm: CrmAccounts, hcp: Integers, other: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Integers:
    """The record that each event of an HCP is filed under."""
    second = crm.second[hcp]
    return np.where(other & (second >= 0), second, hcp)


def _stamp(date: str) -> str:
    return f"{date}T18:00:00.000Z"


def _misspelt(name: str, record: int) -> str:
    """Two neighbouring letters swapped, or one vowel for another."""
    at = 1 + record % max(1, len(name) - 2)
    if name[at] == name[at + 1 : at + 2] or record % 3 == 0:
        vowel = next((index for index, letter in enumerate(name[1:], 1) if letter in _VOWELS), at)
        return name[:vowel] + _VOWELS[(_VOWELS.find(name[vowel]) + 1) % 5] + name[vowel + 1 :]
    return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
