"""Field notes whose identifiers are known: what the scrubber is measured on.

The words here are the generator's own; the scrubber's lists were written apart from them. Half of the names of people
are not on the roster, or are misspelt. Nobody in these notes is real; numbers come from ranges that nobody is given.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIVEN = _words("""
Adaeze Aiko Alasdair Aleksandra Amadou Anneliese Anselm Aoife Arnaud Astrid Baptiste Birgit Bogdan Bronwyn Cathal
Chiara Chidi Cosima Dagny Daiyu Dariusz Desmond Deirdre Dimitrios Ebony Eamon Efua Elif Emeka Enzo Esperanza Fatoumata
Feng Finnegan Fiorella Gareth Gianluca Giselle Gudrun Haruto Henrik Hideo Ignacio Ilse Imani Isadora Jasper Jelena
Jian Joaquin Kaito Kalpana Katarzyna Kwame Lachlan Leopold Lorcan Ludovic Magdalena Malachy Marisol Maeve Milos
Nadezhda Naveen Niamh Nkechi Odette Olufemi Ottilie Padraig Parvati Quentin Radhika Rashida Renaud Rosalind Ruslan
Sakura Saoirse Seamus Shreya Sigrid Solveig Svetlana Tadeusz Takumi Tamsin Thandiwe Ulrich Usha Valentin Vikram
Wanjiru Wilhelmina Xiomara Yevgeny Yusra Zainab Zbigniew Zuzana Mark Grace Will Rose Hope Dawn Faith Drew Chase Robin
Joy Frank Summer
""")

FAMILY = _words("""
Abernathy Achterberg Adeyemi Aguilar Akhtar Albrecht Andersson Arquette Ashworth Babatunde Balakrishnan Barczak
Beaumont Bergstrom Bhattacharya Blackwood Bouchard Brzezicki Calloway Castellano Cavanaugh Chaudhry Cherepanov
Cisneros Colquhoun Czarnecki Dalgaard Deshpande Dombrowski Donoghue Dragomir Eberhardt Echeverria Eichmann Ekwueme
Espinoza Farrokhzad Featherstone Ferreira Fitzwilliam Fujimoto Gallagher Ganapathy Gebreselassie Goldfarb Gunawardena
Haddad Halvorsen Hathaway Hernandez Hildebrandt Hovhannisyan Ingebrigtsen Iyengar Jankowski Jovanovic Kaczmarek
Karagiannis Kavanagh Kirkpatrick Kobayashi Krishnamurthy Kuznetsov Lachapelle Lindqvist Lombardi Macpherson Mahlangu
Markovic Mbeki Mukherjee Nakagawa Ndiaye Novotny Obradovic Okonkwo Ostrowski Papadakis Pellegrino Petrosyan Pham
Quarshie Raghunathan Rasmussen Romanov Sandoval Schwarzkopf Sepulveda Shevchenko Skarsgard Sokolov Takahashi
Tchaikovsky Thibodeaux Tran Uzoma Vaillancourt Vandenberg Villanueva Wachowski Weatherby Wojciechowski Xiong Yamamoto
Yilmaz Zapata Zielinski Nguyen Park Young Hill Banks Rivers Stone Wells Marsh Frost Bell Cook Woods
""")

_PRODUCTS = ("Zelvora", "Tremanta", "Orbexil", "Quellara")
_PLANS = ("Acorn Health Choice", "Beacon Medicaid Plus", "Cedar Valley Advantage", "Granite State PPO")
_PLACES = (
    "Mercy General Hospital",
    "Lakeside Dermatology Associates",
    "St. Brendan's Medical Center",
    "Northfield Clinic",
)
_CITIES = ("Springfield", "Riverton", "Fairmont", "Ashland", "Georgetown")
_STREETS = ("Maple", "Old Mill", "Hawthorne", "Washington", "Cedar Ridge", "2nd", "Kingsley", "North Shore")
_WAYS = ("Street", "St.", "Ave", "Avenue", "Road", "Blvd", "Lane", "Drive", "Ct", "Pkwy")
_STATES = ("OH", "TX", "MA", "CA", "FL", "NY")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")

_PLAIN = (
    "Discussed step therapy requirements and the new prior authorization form.",
    "Office is short staffed and the fax backlog is about two weeks.",
    "Left samples and two co-pay cards. Will follow up next Tuesday.",
    "Very interested in the 52-week data presented at ASCO 2025.",
    "Concerned about injection site reactions, 3 of 14 patients reported redness.",
    "Payer denied on 03/18/2025 with code 75; appeal filed 2025-03-24.",
    "Dose is 150 mg every 4 weeks; prefers the prefilled pen.",
    "Competitor rep was in last week with a lunch for the whole staff.",
    "NDC 00169-4132-12 is on back order at the specialty pharmacy.",
    "Asked for the ORION-3 reprint. Diagnosis code L40.0, BSA 12%, PASI 18.4.",
    "Wants an MSL to present at the Friday journal club.",
    "Reimbursement dropped to $1,245.50 per unit in Q2.",
    "No concerns today. Busy clinic, five minutes at the window only.",
    "Mentioned that Blue Cross moved the brand to tier 3 on January 1.",
    "The hub takes 7-10 days. Bridge supply was offered to 4 patients.",
    "Prefers e-mail over phone; meetings only on Thursdays after 4 pm.",
    "Baseline LDL 162 mg/dL, down to 97 after 12 weeks.",
    "Interested in real-world evidence, not in another dinner program.",
    "Rescheduled twice. Front desk asks that we call before visiting.",
    "Requests updated Medicare Part D coverage sheet for Ohio and Kentucky.",
)


@dataclass(frozen=True, slots=True)
class Note:
    """A note and its identifiers as (start, end, class)."""

    text: str
    truth: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Notes, the names on the roster, and the public names that have to stay."""

    notes: tuple[Note, ...]
    people: tuple[str, ...]
    public: tuple[str, ...]


class _Writer:
    """Writes one note; ``say`` takes pieces that are text or (text, class)."""

    def __init__(self) -> None:
        self.text, self.truth = "", list[tuple[int, int, str]]()

    def say(self, *pieces: str | tuple[str, str]) -> None:
        if self.text and not self.text.endswith("\n"):
            self.text += " "
        for piece in pieces:
            text, kind = (piece, None) if isinstance(piece, str) else piece
            if kind is not None:
                self.truth.append((len(self.text), len(self.text) + len(text), kind))
            self.text += text


def corpus(notes: int, seed: int = 11) -> Corpus:
    """So many notes; the same for the same seed."""
    chance = random.Random(seed)
    family = chance.sample(FAMILY, len(FAMILY))
    given = chance.sample(GIVEN, len(GIVEN))
    # Two thirds of the words are known; the rest is on no roster.
    known_family, other_family = family[: len(family) * 2 // 3], family[len(family) * 2 // 3 :]
    known_given, other_given = given[: len(given) * 2 // 3], given[len(given) * 2 // 3 :]
    people = tuple(f"{chance.choice(known_given)} {name}" for name in known_family) + tuple(known_given)

    def person() -> tuple[str, str]:
        draw = chance.random()
        if draw < 0.5:
            return chance.choice(known_given), chance.choice(known_family)
        if draw < 0.75:
            return chance.choice(other_given), chance.choice(other_family)
        return chance.choice(known_given), _misspelt(chance.choice(known_family), chance)

    return Corpus(
        notes=tuple(_note(chance, person) for _ in range(notes)),
        people=people,
        public=(*_PRODUCTS, *_PLANS, *_PLACES, *_CITIES),
    )


def _note(chance: random.Random, person: Callable[[], tuple[str, str]]) -> Note:
    writer = _Writer()
    parts: list[Callable[[], None]] = [lambda: writer.say(chance.choice(_PLAIN)) for _ in range(chance.randint(1, 3))]
    parts += [lambda: _name(writer, chance, *person()) for _ in range(chance.choice((0, 1, 1, 2)))]
    parts += [lambda: _shaped(writer, chance) for _ in range(chance.choice((0, 1, 1, 2)))]
    parts += [lambda: _public(writer, chance)] if chance.random() < 0.5 else []
    chance.shuffle(parts)
    for part in parts:
        part()
        if chance.random() < 0.1:
            writer.text += "\n"
    return Note(writer.text, tuple(writer.truth))


def _name(writer: _Writer, chance: random.Random, given: str, family: str) -> None:
    full, title = f"{given} {family}", chance.choice(("Dr.", "Dr", "Doctor"))
    written: tuple[Callable[[], None], ...] = (
        lambda: writer.say(f"Met with {title} ", (family, "NAME"), f" about {chance.choice(_PRODUCTS)}."),
        lambda: writer.say(f"{title} ", (full, "NAME"), " asked for the dosing guide."),
        lambda: writer.say((family, "NAME"), " said the denials are mostly step therapy."),
        lambda: writer.say((given, "NAME"), " will send the chart notes on Monday."),
        lambda: writer.say("Spoke to ", (full, "NAME"), ", the biller, regarding appeals."),
        lambda: writer.say("Visited ", (f"{given[0]}. {family}", "NAME"), ", MD, at the clinic."),
        lambda: writer.say("Patient ", (full, "NAME"), " waits since March for the first fill."),
        lambda: writer.say("Pt ", (f"{family}, {given}", "NAME"), " was denied twice."),
        lambda: writer.say("Nurse ", (given, "NAME"), " handles the paperwork."),
        lambda: writer.say("Mrs. ", (family, "NAME"), " stopped after the second dose."),
        lambda: writer.say("The husband of ", (full, "NAME"), " called about the copay."),
        lambda: writer.say("Reached ", (family, "NAME"), "'s office manager ", (given, "NAME"), "."),
        lambda: writer.say("f/u w/ dr ", (family.lower(), "NAME"), " re PA status"),
        lambda: writer.say("SPOKE WITH DR ", (family.upper(), "NAME"), " TODAY."),
        lambda: writer.say("Cc: ", (full, "NAME"), " and the access team."),
        lambda: writer.say((f"{given} {family}", "NAME"), ", PharmD, confirmed the shipment."),
        lambda: writer.say("According to ", (given, "NAME"), ", the plan changed its form."),
    )
    chance.choice(written)()


def _shaped(writer: _Writer, chance: random.Random) -> None:
    def digits(count: int) -> str:
        return "".join(chance.choice("0123456789") for _ in range(count))

    def pick() -> str:
        return chance.choice("ACDEFGHJKMNPQRTUVWXY")

    area, line = chance.choice(("205", "312", "614", "917")), f"55501{digits(2)}"
    phone = chance.choice(
        (
            f"({area}) {line[:3]}-{line[3:]}",
            f"{area}-{line[:3]}-{line[3:]}",
            f"{area}.{line[:3]}.{line[3:]}",
            f"+1 {area} {line[:3]} {line[3:]}",
            f"{area} {line[:3]} {line[3:]} ext. {digits(2)}",
            f"{area}{line}",
            f"{line[:3]}-{line[3:]}",
        )
    )
    user = f"{chance.choice(GIVEN).lower()}.{chance.choice(FAMILY).lower()}"
    email = chance.choice(
        (f"{user}@clinic.example.org", f"{user}{digits(2)}@example.com", f"{user.upper()}@EXAMPLE.ORG")
    )
    number = f"9{digits(2)}{chance.choice('-- .')}{digits(2)}"
    mark = number[3]
    ssn = f"{number}{mark}{digits(4)}"
    year, month, day = chance.randint(1931, 2009), chance.randint(1, 12), chance.randint(1, 28)
    birth = chance.choice(
        (
            f"{month:02d}/{day:02d}/{year}",
            f"{month}/{day}/{year % 100:02d}",
            f"{year}-{month:02d}-{day:02d}",
            f"{_MONTHS[month % 10]} {day}, {year}",
            f"{day} {_MONTHS[month % 10][:3]} {year}",
        )
    )
    mbi = f"{chance.randint(1, 9)}{pick()}{digits(1)}{digits(1)}{pick()}{pick()}{digits(1)}{pick()}{pick()}{digits(2)}"
    mbi = chance.choice((mbi, f"{mbi[:4]}-{mbi[4:7]}-{mbi[7:]}", mbi.lower()))
    street = f"{chance.randint(2, 9800)} {chance.choice(_STREETS)} {chance.choice(_WAYS)}"
    town = f", {chance.choice(_CITIES)}, {chance.choice(_STATES)} {digits(5)}"
    address = street + chance.choice(("", f", Apt {digits(1)}B", "")) + chance.choice(("", town, town))
    written: tuple[Callable[[], None], ...] = (
        lambda: writer.say("Call back at ", (phone, "PHONE"), " before noon."),
        lambda: writer.say("Fax chart notes to ", (phone, "PHONE"), "."),
        lambda: writer.say("Send the form to ", (email, "EMAIL"), " please."),
        lambda: writer.say("SSN ", (ssn, "SSN"), " was on the enrollment form."),
        lambda: writer.say("The form lists ", (ssn, "SSN"), " as social."),
        lambda: writer.say(
            chance.choice(("MRN ", "MRN: ", "MRN# ", "chart no. ")), (digits(7), "MRN"), " in their EMR."
        ),
        lambda: writer.say("Medical record number ", (f"H{digits(6)}", "MRN"), " was quoted."),
        lambda: writer.say(chance.choice(("DOB ", "DOB: ", "Born ", "date of birth ")), (birth, "BIRTH_DATE"), "."),
        lambda: writer.say("Enrollment shows (", (birth, "BIRTH_DATE"), ") for the patient."),
        lambda: writer.say("Medicare ID ", (mbi, "MBI"), " did not verify."),
        lambda: writer.say("MBI on file is ", (mbi, "MBI"), "."),
        lambda: writer.say("Ships to ", (address, "ADDRESS"), " on Friday."),
        lambda: writer.say("Lives at ", (address, "ADDRESS"), ", needs home delivery."),
    )
    chance.choice(written)()


def _public(writer: _Writer, chance: random.Random) -> None:
    written: tuple[Callable[[], None], ...] = (
        lambda: writer.say(f"NPI {_npi(chance)} is out of network for {chance.choice(_PLANS)}."),
        lambda: writer.say(f"{chance.choice(_PLACES)} now buys {chance.choice(_PRODUCTS)} through the group."),
        lambda: writer.say(f"{chance.choice(_PLANS)} added a quantity limit for {chance.choice(_PRODUCTS)}."),
        lambda: writer.say(f"Dinner in {chance.choice(_CITIES)} moved to {chance.choice(_MONTHS)} 14."),
        lambda: writer.say(f"Privileges at {chance.choice(_PLACES)} since 2019."),
    )
    chance.choice(written)()


def _npi(chance: random.Random) -> str:
    head = f"2999{chance.randrange(100_000):05d}"
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in head[::2])
    return head + str((10 - (24 + doubled + sum(map(int, head[1::2]))) % 10) % 10)


def _misspelt(name: str, chance: random.Random) -> str:
    """One typing mistake, not in the first letter."""
    at = chance.randrange(1, len(name) - 1)
    letter = chance.choice("aeioulnrst")
    return chance.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


def kinds(notes: tuple[Note, ...]) -> Iterator[str]:
    """The classes that are planted."""
    return iter(sorted({kind for note in notes for _, _, kind in note.truth}))
