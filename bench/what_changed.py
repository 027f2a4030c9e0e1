"""What changed, on planted changes: `python -m bench.what_changed [--hcps N]`.

Two deliveries are written by hand, the second with changes that are known: people who moved (in the world since, late,
or a correction of what was said), relocated territories, and affiliations of people who only now are known. The log is
compared with what was planted: precision and recall of (entity, label, property, operation, old and new value), and the
share of those found whose kind is right. Uses the twin of TWIN_HOME, which has to be empty.
"""

import argparse
import csv
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.progress import be_quiet
from graph.refresh import refresh
from graph.settings import Settings
from graph.store import Store, open_store
from graph.world.npi import synthetic_npi

FIRST, SECOND, MOVED_ON = "2025-03-01", "2025-03-08", "2025-03-06"
CODES = ("207R00000X", "207RC0000X", "208D00000X")
Fact = tuple[str, str | None, str, str | None, str, str | None, str | None]
"""NPI, other end's identifier, label, property, operation, old and new value."""


@dataclass(frozen=True, slots=True)
class Planted:
    """The changes that the second delivery makes, each with its kind."""

    facts: dict[Fact, str]


def plant(folder: Path, hcps: int) -> Planted:
    """Write both deliveries; a sixth of the people are only named by affiliations at first."""
    facts: dict[Fact, str] = {}
    people = [synthetic_npi(index) for index in range(hcps)]
    known = [npi for index, npi in enumerate(people) if index % 6]
    ccns = {npi: f"{450000 + index % 900}" for index, npi in enumerate(people)}
    _registry(folder, FIRST, [(npi, "OLDTOWN", "02/10/2025") for npi in known])
    _file(
        folder / FIRST / "facility_affiliation" / "Facility_Affiliation.csv",
        ["npi", "facility_type", "facility_affiliations_certification_number", "facility_type_certification_number"],
        [[npi, "Hospital", ccns[npi], ""] for npi in people],
    )
    aligned = [[npi, f"T-{index % 7}", "2025-01-01", ""] for index, npi in enumerate(known)]
    _alignment(folder, FIRST, aligned)
    moved = []
    for index, npi in enumerate(known):
        kind, updated = (("new", "03/05/2025"), ("late", "02/20/2025"), ("correction", "02/10/2025"))[index % 3]
        if index % 2:
            moved.append((npi, f"NEWTOWN{index % 50}", updated))
            facts[npi, None, "HCP", "city", "changed", "OLDTOWN", f"NEWTOWN{index % 50}"] = kind
    arriving = [npi for index, npi in enumerate(people) if not index % 6]
    _registry(folder, SECOND, [*moved, *((npi, "FARTOWN", "03/04/2025") for npi in arriving)])
    for npi in arriving:
        facts[npi, None, "HCP", None, "added", None, None] = "new"
        facts[npi, CODES[0], "PRACTICES", None, "added", None, "{}"] = "new"
        facts[npi, ccns[npi], "AFFILIATED_WITH", None, "added", None, "{}"] = "identity"
        # Nobody else who is known belongs to it: it comes with its first member.
        facts[ccns[npi], None, "Account", None, "added", None, None] = "identity"
    for index, row in enumerate(aligned[:]):
        if index % 4 == 0:
            npi, territory = row[0], f"T-{(index + 1) % 7}"
            row[3] = MOVED_ON
            aligned.append([npi, territory, MOVED_ON, ""])
            facts[npi, row[1], "IN_TERRITORY", "to", "ended", None, MOVED_ON] = "alignment"
            facts[npi, territory, "IN_TERRITORY", None, "added", None, "{}"] = "alignment"
    _alignment(folder, SECOND, aligned)
    return Planted(facts)


def _registry(folder: Path, date: str, rows: list[tuple[str, str, str]]) -> None:
    header = [
        "NPI", "Entity Type Code", "Provider Last Name (Legal Name)", "Provider First Name",
        "Provider Business Practice Location Address City Name", "Provider Enumeration Date", "Last Update Date",
    ]  # fmt: skip
    header += ["Provider Organization Name (Legal Business Name)", "Provider Credential Text", "Provider Sex Code"]
    header += [f"Provider Business Practice Location Address {part}" for part in ("State Name", "Postal Code")]
    header += ["NPI Deactivation Date", "NPI Reactivation Date"]
    for name, slots in (("Healthcare Provider Taxonomy Code", 15), ("Healthcare Provider Primary Taxonomy Switch", 15)):
        header += [f"{name}_{slot}" for slot in range(1, slots + 1)]
    for name in ("Other Provider Identifier", "Other Provider Identifier Type Code"):
        header += [f"{name}_{slot}" for slot in range(1, 51)]
    full = []
    for npi, city, updated in rows:
        given = dict.fromkeys(header, "") | {
            "NPI": npi, "Entity Type Code": "1", "Provider Last Name (Legal Name)": "NOVAK",
            "Provider Business Practice Location Address City Name": city, "Provider Enumeration Date": "05/23/2005",
            "Last Update Date": updated, "Healthcare Provider Taxonomy Code_1": CODES[0],
        }  # fmt: skip
        full.append([given[name] for name in header])
    _file(folder / date / "nppes" / f"npidata_pfile_20050523-{date.replace('-', '')}.csv", header, full)


def _alignment(folder: Path, date: str, rows: list[list[str]]) -> None:
    place = folder / date / "alignment"
    names = sorted({f"T-{number}" for number in range(7)})
    _file(
        place / "territories.csv",
        ["territory_id", "name", "level", "parent_id"],
        [[n, n, "territory", ""] for n in names],
    )
    _file(
        place / "reps.csv",
        ["user_id", "name", "role", "territory_id", "from", "to", "calls_per_week"],
        [[f"U-{name}", "Rep", "rep", name, "2025-01-01", "", "20"] for name in names],
    )
    _file(place / "hcp_territories.csv", ["npi", "territory_id", "from", "to"], rows)
    listed = [{"path": f"alignment/{path.name}", "complete": True} for path in sorted(place.glob("*.csv"))]
    (folder / date / "manifest.json").write_text(json.dumps({"delivery": date, "files": listed}), encoding="utf-8")


def _file(path: Path, header: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


LOGGED = """
MATCH (change:Change) WHERE change.recordedOn = date($day)
RETURN change.entityId AS entity, change.otherId AS other, change.label AS label, change.property AS property,
  change.operation AS operation, change.kind AS kind, change.old AS old, change.new AS new
"""
NAMES = "MATCH (i:Identifier)-[:OF]->(e) WHERE i.system IN $systems RETURN e.id AS id, i.value AS value"


def found(store: Store) -> Iterator[tuple[Fact, str]]:
    """The logged changes of the second delivery in the words of the files."""
    rows = store.read(NAMES, systems=["npi", "ccn", "nucc", "territory_id"])
    names = {row["id"]: row["value"] for row in rows}
    for row in store.read(LOGGED, day=SECOND):
        old, new = (None if row[side] is None else json.loads(row[side]) for side in ("old", "new"))
        yield (
            (
                names.get(row["entity"], row["entity"]),
                names.get(row["other"]) if row["other"] is not None else None,
                row["label"],
                row["property"],
                row["operation"],
                _value(old, row["property"]),
                "{}" if row["other"] is not None and row["property"] is None else _value(new, row["property"]),
            ),
            row["kind"],
        )


def _value(value: Any, name: str | None) -> Any:
    return value.get(name) if isinstance(value, dict) and name is not None else value


def measure(settings: Settings, store: Store, hcps: int) -> dict[str, Any]:
    """Load both deliveries and compare the log with what was planted."""
    with tempfile.TemporaryDirectory() as place:
        planted = plant(Path(place), hcps).facts
        refresh(settings, store, Path(place))
    logged = dict(found(store))
    right = planted.keys() & logged.keys()
    return {
        "planted": len(planted),
        "logged": len(logged),
        "precision": round(len(right) / max(1, len(logged)), 5),
        "recall": round(len(right) / len(planted), 5),
        "kind_right": round(sum(planted[fact] == logged[fact] for fact in right) / max(1, len(right)), 5),
        "missing": [str(fact) for fact in sorted(planted.keys() - logged.keys(), key=str)[:3]],
        "unplanned": [str(fact) for fact in sorted(logged.keys() - planted.keys(), key=str)[:3]],
        "wrong_kind": [f"{fact}: {logged[fact]}" for fact in sorted(right, key=str) if planted[fact] != logged[fact]][
            :3
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hcps", type=int, default=9_000)
    be_quiet()
    settings = Settings.load()
    with open_store(settings) as store:
        print(json.dumps(measure(settings, store, parser.parse_args().hcps), indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
