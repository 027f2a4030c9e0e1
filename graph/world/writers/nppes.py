"""Feed `nppes`: people and organisations in the full layout, and weekly files of changes."""

from collections.abc import Collection, Mapping

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
    """Makes the rows once; a weekly file holds the rows that changed, with the change applied."""

    def __init__(self, world: World, people: People, moving: Collection[int]) -> None:
        self._world = world
        self._random = stream(world.settings.seed, "nppes")
        self._cities = names.words(self._random, len(world.territories.ids) * 3, 3)
        self._hcps = [self._person(index, people) for index in range(len(world.hcps.npi))]
        self._organisations = self._accounts() + self._pharmacies()
        self._last_day = world.clock.deliveries[0]
        # No one changes twice, and those already deactivated or about to move do not change by lot.
        self._unchanged = [
            int(one)
            for one in self._random.permutation(len(self._hcps))
            if not world.hcps.retired[one] and one not in moving
        ]

    def write_full(self, delivery: Delivery, day: int) -> None:
        """The monthly file: everybody."""
        stamp = self._world.clock.date_of(day).strftime("%Y%m%d")
        self._write(
            delivery, f"npidata_pfile_20050523-{stamp}.csv", self._hcps + self._organisations, old=False, complete=True
        )

    def write_changes(self, delivery: Delivery, day: int, *, moved: Mapping[int, int], old: bool) -> None:
        """The weekly file: moves, new names, one deactivation and one reactivation.

        `moved` gives the new account of HCPs who changed it; `old` writes the column name of earlier years.
        """
        changed: list[int] = []
        today = self._us_date(day - 1)
        for hcp, account in moved.items():
            self._address(self._hcps[hcp], int(self._world.accounts.territory[account]))
            changed.append(hcp)
        take = max(1, len(self._hcps) // 500)
        for _ in range(take):
            hcp = self._unchanged.pop()
            self._address(self._hcps[hcp], int(self._world.hcps.territory[hcp]))
            changed.append(hcp)
        leaving, returning = self._unchanged.pop(), self._unchanged.pop()
        # CMS keeps nothing but number and date of a deactivated provider.
        self._hcps[leaving] = {"NPI": self._hcps[leaving]["NPI"], "NPI Deactivation Date": today}
        self._hcps[returning]["NPI Deactivation Date"] = self._us_date(day - 40)
        self._hcps[returning]["NPI Reactivation Date"] = today
        changed += [leaving, returning]
        rows = [self._hcps[hcp] for hcp in sorted(set(changed))]
        for row in rows:
            if "Entity Type Code" in row:
                row["Last Update Date"] = today
        first = self._world.clock.date_of(self._last_day + 1).strftime("%Y%m%d")
        last = self._world.clock.date_of(day).strftime("%Y%m%d")
        self._last_day = day
        name = f"npidata_pfile_{first}-{last}.csv"
        self._write(delivery, name, rows, old=old, complete=False)

    def _write(self, delivery: Delivery, name: str, rows: list[Row], *, old: bool, complete: bool) -> None:
        header = (OLD_SEX_COLUMN if old and one == SEX_COLUMN else one for one in COLUMNS)
        lines = [quoted(header), *(quoted(row.get(one, "") for one in COLUMNS) for row in rows)]
        delivery.add("nppes", name, lines, header=True, complete=complete)

    def _us_date(self, day: int) -> str:
        return self._world.clock.date_of(day).strftime("%m/%d/%Y")

    def _person(self, index: int, people: People) -> Row:
        world, random = self._world, self._random
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

    def _accounts(self) -> list[Row]:
        accounts = self._world.accounts
        rows = []
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
            rows.append(row)
        return rows

    def _pharmacies(self) -> list[Row]:
        pharmacies = self._world.pharmacies
        return [
            self._organisation(
                npi,
                pharmacies.name[index],
                "3336S0011X" if pharmacies.specialty[index] else "3336C0003X",
                int(pharmacies.territory[index]),
            )
            for index, npi in enumerate(pharmacies.npi)
        ]

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
