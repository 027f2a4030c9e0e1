"""Four nights of deliveries, small enough to be refreshed a hundred times, with something of every kind in them.

New and changed people, a plan that adds prior authorization, an alignment that moves, an opt-out, claims that are
late, restated and reversed, a row that breaks its contract, and a reference that only a later night resolves.
"""

from pathlib import Path

from tests.graph.conftest import NDC, OTHER_NDC, Deliveries
from tests.graph.registry import person

NIGHTS = ("2025-01-01", "2025-01-08", "2025-01-15", "2025-01-22")
PEOPLE = 24
PERSON, MEMBER = "PERSON-KEPT-APART", "MEMBER-KEPT-APART"
"""Every person and member id of these deliveries starts like this, so that a leak can be searched for."""


def npi(number: int) -> str:
    """A valid number of the block that is not issued."""
    nine = f"2999{number:05d}"
    digits = [int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(nine[::-1])]
    return nine + str(-(24 + sum(digit - 9 if digit > 9 else digit for digit in digits)) % 10)


NPIS = [npi(number) for number in range(PEOPLE + 6)]


def four_nights(folder: Path) -> Deliveries:
    """Write the deliveries below ``folder``."""
    built = Deliveries(folder)
    _first(built, NIGHTS[0])
    _second(built, NIGHTS[1])
    _third(built, NIGHTS[2])
    _fourth(built, NIGHTS[3])
    for night in NIGHTS:
        built.manifest(night)
    return built


def claim(
    number: int, npi: str, written: str, received: str, kind: str = "paid", codes: str = "", line: int = 1,
    ndc: str = NDC, paid: float = 20.0,
) -> str:  # fmt: skip
    """A claim line; its number decides whose it is."""
    who = f"{PERSON}-{number % 17:03d},{MEMBER}-{number % 17:03d}"
    return (
        f"C{number:05d},{line},{who},Blue,H0001-001-0,{npi},,{written},{written},{ndc},30,30,5,0,"
        f"{kind},{codes},{paid},100.0,{received}"
    )


def _first(built: Deliveries, night: str) -> None:
    built.nppes(night, *(person(npi, city="OLDTOWN") for npi in NPIS[:PEOPLE]))
    built.products(night)
    built.formulary(night, "20241001", [f"900001|{NDC}|3|N|||N|N", f"900002|{OTHER_NDC}|3|N|||N|N"])
    _alignment(built, night, moved=False)
    built.add(night, "pdrp/pdrp.csv", f"npi,opt_out_date\n{NPIS[3]},2024-06-01\n")
    pairs = [f"{NPIS[at]},{NPIS[at + 1]},40,{20 + at},4" for at in range(PEOPLE)]
    built.add(night, "shared_patients/physician-shared-patient-patterns-2023-days180.txt", "\n".join(pairs) + "\n")
    lines = [claim(0, NPIS[0], "2024-01-01", "2024-01-03", ndc=OTHER_NDC)]
    for number in range(1, 60):
        month, kind = 7 + number % 6, ("rejected" if number % 5 == 0 else "paid")
        day = f"2024-{month:02d}-{1 + number % 27:02d}"
        lines.append(claim(number, NPIS[number % PEOPLE], day, "2024-12-31", kind, "75" if kind == "rejected" else ""))
    built.claims(night, *lines)


def _second(built: Deliveries, night: str) -> None:
    moved = [person(npi, city="NEWTOWN", **{"Last Update Date": "01/05/2025"}) for npi in NPIS[:5]]
    # The last of the pairs of the first night named a person who is only known from now on.
    built.nppes(night, *moved, person(NPIS[PEOPLE], city="OLDTOWN"), person("1234567890"))
    built.add(night, "pdrp/pdrp.csv", f"npi,opt_out_date\n{NPIS[3]},2024-06-01\n{NPIS[9]},2025-01-05\n")
    days = [f"2025-01-{1 + number % 6:02d}" for number in range(60, 80)]
    built.claims(
        night,
        *(claim(number, NPIS[number % PEOPLE], day, "2025-01-07") for number, day in enumerate(days, start=60)),
        claim(5, NPIS[5], "2024-12-06", "2025-01-06", "paid", line=2),
    )


def _third(built: Deliveries, night: str) -> None:
    built.formulary(night, "20250115", [f"900001|{NDC}|4|N|||Y|N", f"900002|{OTHER_NDC}|3|N|||N|N"])
    _alignment(built, night, moved=True)
    late = [claim(number, NPIS[number % PEOPLE], "2024-11-20", "2025-01-14") for number in range(80, 90)]
    restated = claim(60, NPIS[60 % PEOPLE], "2025-01-01", "2025-01-13", paid=35.5)
    built.claims(night, *late, restated, claim(61, NPIS[61 % PEOPLE], "2025-01-02", "2025-01-13", "reversed", line=2))


def _fourth(built: Deliveries, night: str) -> None:
    built.nppes(
        night,
        person(NPIS[0], city="OLDTOWN", **{"Last Update Date": "01/20/2025"}),
        *(person(npi, city="FARTOWN") for npi in NPIS[PEOPLE + 1 :]),
    )
    built.claims(
        night,
        *(
            claim(number, NPIS[number % PEOPLE], f"2025-01-{9 + number % 12:02d}", "2025-01-21")
            for number in range(90, 120)
        ),
    )


def _alignment(built: Deliveries, night: str, *, moved: bool) -> None:
    territories = [
        "territory_id,name,level,parent_id",
        "D1,District,district,",
        "T1,North,territory,D1",
        "T2,South,territory,D1",
    ]
    built.add(night, "alignment/territories.csv", "\n".join(territories) + "\n")
    reps = [
        "user_id,name,role,territory_id,from,to,calls_per_week",
        "U1,Rep One,rep,T1,2024-01-01,,20",
        "U2,Rep Two,rep,T2,2024-01-01,,20",
    ]
    built.add(night, "alignment/reps.csv", "\n".join(reps) + "\n")
    rows = ["npi,territory_id,from,to"]
    for at, npi in enumerate(NPIS[:PEOPLE]):
        first = "T1" if at % 2 else "T2"
        if moved and at in (4, 8):
            rows += [f"{npi},{first},2024-01-01,2025-01-13", f"{npi},{'T2' if first == 'T1' else 'T1'},2025-01-13,"]
        else:
            rows.append(f"{npi},{first},2024-01-01,")
    built.add(night, "alignment/hcp_territories.csv", "\n".join(rows) + "\n")
