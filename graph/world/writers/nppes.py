"""Feed `nppes`: people and organisations in the full layout, and weekly files of changes."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from graph.world import names
from graph.world.accounts import KINDS
from graph.world.places import STATES
from graph.world.specialties import SPECIALTIES
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery, quoted
from graph.world.writers.nppes_layout import COLUMNS, OLD_SEX_COLUMN, SEX_COLUMN
from graph.world.writers.people import People

MASKED_EIN = "=" * 9
Row = dict[str, str]


class NppesWriter:
    """Makes each row as it is written and keeps those that will change; a weekly file holds what changed."""

    def __init__(self, world: World, people: People, moving: Collection[int]) -> None:
        self._world, self._people = world, people
        self._random = stream(world.settings.seed, "nppes")
        self._cities = names.words(self._random, len(world.territories.ids) * 3, 3)
        self._last_day = world.clock.deliveries[0]
        # No one changes twice, and those already deactivated or about to move do not change by lot.
        lot = stream(world.settings.seed, "nppes changes").permutation(len(world.hcps.npi))
        self._each_week = max(1, len(world.hcps.npi) // 500)
        wanted = (self._each_week + 2) * world.clock.weekly
        free = (int(one) for one in lot if not world.hcps.retired[one] and one not in moving)
        self._changing = list(islice(free, wanted))
        self._kept = dict.fromkeys((*self._changing, *moving), Row())

    def write_full(self, delivery: Delivery, day: int) -> None:
        """The monthly file: everybody."""
        stamp = self._world.clock.date_of(day).strftime("%Y%m%d")
        name = f"npidata_pfile_20050523-{stamp}.csv"
        self._write(delivery, name, self._everybody(), old=False, complete=True)

    def _everybody(self) -> Iterator[Row]:
        for index in range(len(self._world.hcps.npi)):
            row = self._person(index)
            if index in self._kept:
                self._kept[index] = row
            yield row
        yield from self._accounts()
        yield from self._pharmacies()

    def write_changes(self, delivery: Delivery, day: int, *, moved: Mapping[int, int], old: bool) -> None:
        """The weekly file: moves, new addresses, one deactivation and one reactivation.

        `moved` gives the new account of HCPs who changed it; `old` writes the column name of earlier years.
        """
        today = self._us_date(day - 1)
        changed = list(moved)
        for hcp, account in moved.items():
            self._address(self._kept[hcp], int(self._world.accounts.territory[account]))
        for _ in range(self._each_week):
            hcp = self._changing.pop()
            self._address(self._kept[hcp], int(self._world.hcps.territory[hcp]))
            changed.append(hcp)
        leaving, returning = self._changing.pop(), self._changing.pop()
        # CMS keeps nothing but number and date of a deactivated provider.
        self._kept[leaving] = {"NPI": self._kept[leaving]["NPI"], "NPI Deactivation Date": today}
        self._kept[returning]["NPI Deactivation Date"] = self._us_date(day - 40)
        self._kept[returning]["NPI Reactivation Date"] = today
        changed += [leaving, returning]
        rows = [self._kept[hcp] for hcp in sorted(set(changed))]
        for row in rows:
            if "Entity Type Code" in row:
                row["Last Update Date"] = today
        first = self._world.clock.date_of(self._last_day + 1).strftime("%Y%m%d")
        last = self._world.clock.date_of(day).strftime("%Y%m%d")
        self._last_day = day
        self._write(delivery, f"npidata_pfile_{first}-{last}.csv", rows, old=old, complete=False)

    def _write(self, delivery: Delivery, name: str, rows: Iterable[Row], *, old: bool, complete: bool) -> None:
        def lines() -> Iterator[str]:
            yield quoted(OLD_SEX_COLUMN if old and one == SEX_COLUMN else one for one in COLUMNS)
            for row in rows:
                yield _line(row)

        delivery.add("nppes", name, lines(), header=True, complete=complete)

    def _us_date(self, day: int) -> str:
        return self._world.clock.date_of(day).strftime("%m/%d/%Y")

    def _person(self, index: int) -> Row:
        world, random, people = self._world, self._random, self._people
        specialty = SPECIALTIES[world.hcps.specialty[index]]
        enumerated = -int(world.hcps.seniority[index] * 365)
        row: Row = {
            "NPI": world.hcps.npi[index],
            "Entity Type Code": "1",
            "Provider Last Name (Legal Name)": people.last[index].upper(),
            "Provider First Name": people.first[index].upper(),
            "Provider Middle Name": "ABCDEGJKLMNPRST"[random.integers(15)] if index % 3 else "",
            "Provider Credential Text": specialty.credential,
            SEX_COLUMN: "F" if world.hcps.female[index] else "M",
            "Provider Enumeration Date": self._us_date(enumerated),
            "Last Update Date": self._us_date(int(enumerated * random.random()) - 30),
            "Is Sole Proprietor": "NYX"[random.integers(3)],
        }
        self._address(row, int(world.hcps.territory[index]))
        state = STATES[world.territories.state[world.hcps.territory[index]]].code
        others = [one.code for one in SPECIALTIES if one.code != specialty.code]
        codes = [specialty.code]
        if random.random() < 0.35:
            codes.append(others[random.integers(len(others))])
        if random.random() < 0.30:
            codes.reverse()
        nowhere = random.random() < 0.01
        for slot, code in enumerate(codes, start=1):
            row[f"Healthcare Provider Taxonomy Code_{slot}"] = code
            row[f"Provider License Number_{slot}"] = f"Z{index:06d}"
            row[f"Provider License Number State Code_{slot}"] = state
            primary = code == specialty.code and not nowhere
            row[f"Healthcare Provider Primary Taxonomy Switch_{slot}"] = "Y" if primary else "N"
        retired = bool(world.hcps.retired[index])
        if retired or random.random() < 0.012:
            gone = -int(random.integers(200, 900))
            row["NPI Deactivation Date"] = self._us_date(gone)
            if not retired:
                row["NPI Reactivation Date"] = self._us_date(gone + int(random.integers(20, 150)))
        return row

    def _accounts(self) -> Iterator[Row]:
        accounts = self._world.accounts
        for index, npi in enumerate(accounts.npi):
            kind = KINDS[accounts.kind[index]]
            row = self._organisation(npi, accounts.name[index], kind.taxonomy, int(accounts.territory[index]))
            if index % 4 == 0:
                row["Other Provider Identifier_1"] = f"{index:07d}"
                row["Other Provider Identifier Type Code_1"] = "01"
                row["Other Provider Identifier Issuer_1"] = "STATE LISTING"
            slot = 2 if index % 4 == 0 else 1
            row[f"Other Provider Identifier_{slot}"] = accounts.ccn[index]
            row[f"Other Provider Identifier Type Code_{slot}"] = "06"
            yield row

    def _pharmacies(self) -> Iterator[Row]:
        pharmacies = self._world.pharmacies
        for index, npi in enumerate(pharmacies.npi):
            taxonomy = "3336S0011X" if pharmacies.specialty[index] else "3336C0003X"
            yield self._organisation(npi, pharmacies.name[index], taxonomy, int(pharmacies.territory[index]))

    def _organisation(self, npi: str, name: str, taxonomy: str, territory: int) -> Row:
        enumerated = -int(self._random.integers(1500, 6500))
        row: Row = {
            "NPI": npi,
            "Entity Type Code": "2",
            "Employer Identification Number (EIN)": MASKED_EIN,
            "Provider Organization Name (Legal Business Name)": name.upper(),
            "Provider Enumeration Date": self._us_date(enumerated),
            "Last Update Date": self._us_date(enumerated // 3),
            "Authorized Official Last Name": names.word(self._random, 2).upper(),
            "Authorized Official First Name": names.word(self._random, 2).upper(),
            "Authorized Official Title or Position": "ADMINISTRATOR",
            "Healthcare Provider Taxonomy Code_1": taxonomy,
            "Healthcare Provider Primary Taxonomy Switch_1": "Y",
            "Is Organization Subpart": "N",
        }
        self._address(row, territory)
        return row

    def _address(self, row: Row, territory: int) -> None:
        """A new made-up street in the territory, for practice and mail."""
        world, random = self._world, self._random
        city = self._cities[territory * 3 + random.integers(3)].upper()
        state = STATES[world.territories.state[territory]].code
        street = f"{random.integers(1, 2000)} {names.word(random, 2).upper()} ST"
        zip9 = f"{world.territories.zip3[territory]}{random.integers(1, 100):02d}"
        zip9 += f"{random.integers(1, 10000):04d}" if random.random() < 0.7 else ""
        for place in ("Mailing", "Practice Location"):
            row[f"Provider First Line Business {place} Address"] = street
            row[f"Provider Business {place} Address City Name"] = city
            row[f"Provider Business {place} Address State Name"] = state
            row[f"Provider Business {place} Address Postal Code"] = zip9
            row[f"Provider Business {place} Address Country Code (If outside U.S.)"] = "US"
            row[f"Provider Business {place} Address Telephone Number"] = "5550100000"


_PLACES = {one: place for place, one in enumerate(COLUMNS)}
_EMPTY = ['""'] * len(COLUMNS)


def _line(row: Row) -> str:
    """A row in the full layout; only the few columns with a value are touched."""
    cells = _EMPTY.copy()
    for name, value in row.items():
        cells[_PLACES[name]] = f'"{value}"'
    return ",".join(cells)
