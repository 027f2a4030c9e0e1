"""One per cent changed, beside merging everything again: `python -m bench.refresh_one_percent --hcps 2000`.

Three nights follow the first load. Each repeats the registry with another city for one more person in a hundred, and
restates one more claim line in a hundred. Three figures: seconds of such a refresh (the first night meets a server that
has no plans yet, the others a usual one) beside those of the plain driver that merges every row once more (best shape,
same statements with MERGE), with and without the work that makes these rows from files; the rows that the first night
sends; and the differences that two dumps of the graph show around it, counted without the twin.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import json
import tempfile
from collections.abc import Iterator
from hashlib import blake2b, sha256
from pathlib import Path
from statistics import median
from typing import Any

import neo4j

from bench import plain_driver
from bench.machine import Clock, described
from bench.recorded import recording
from bench.twins import build_world, empty_server
from graph.refresh import refresh
from graph.schema.catalogue import NODE_TYPES, node_type
from graph.schema.relationships import RELATIONSHIPS
from graph.store.connection import Connection

ONE_IN, NIGHTS = 100, 3
PAGE = 20_000
Dump = dict[str, str]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hcps", type=int, default=2_000)
    options.add_argument("--months", type=int, default=24)
    options.add_argument("--folder", type=Path, help="where the world is kept; a temporary one otherwise")
    chosen = options.parse_args()
    print(described())  # noqa: T201
    with tempfile.TemporaryDirectory(dir=chosen.folder) as temporary:
        kept = chosen.folder or Path(temporary)
        world = build_world(kept / f"world-{chosen.hcps}-{chosen.months}", chosen.hcps, chosen.months)
        first = world / min(path.name for path in world.iterdir())
        nights = [Path(temporary) / "later" / night for night in _nights_after(world)]
        lines = [write_night(first, folder, number) for number, folder in enumerate(nights)]
        print("\n".join(measure(first, nights, Path(temporary), lines)))  # noqa: T201


def _nights_after(world: Path) -> list[str]:
    last = datetime.date.fromisoformat(max(path.name for path in world.iterdir()))
    return [(last + datetime.timedelta(days=1 + number)).isoformat() for number in range(NIGHTS)]


def write_night(first: Path, folder: Path, number: int) -> int:
    """Write the delivery of a night; return how many of its lines differ from what was delivered before."""
    changed = 0
    for path in sorted(first.rglob("*.csv")):
        feed = path.relative_to(first).parts[0]
        if feed in ("nppes", "rx_claims"):
            target = folder / path.relative_to(first)
            target.parent.mkdir(parents=True, exist_ok=True)
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                text, differ = _moved(rows, number) if feed == "nppes" else _restated(rows, number)
            target.write_text(text, encoding="utf-8")
            changed += differ
    files = [
        {"path": path.relative_to(folder).as_posix(), "sha256": sha256(path.read_bytes()).hexdigest()}
        for path in sorted(folder.rglob("*.csv"))
    ]
    (folder / "manifest.json").write_text(json.dumps({"delivery": folder.name, "files": files}), encoding="utf-8")
    return changed


def _moved(rows: Iterator[list[str]], night: int) -> tuple[str, int]:
    """The whole registry; those who moved in earlier nights stay where they went."""
    head = next(rows)
    at, changed, kept = head.index("Provider Business Practice Location Address City Name"), 0, [head]
    for number, row in enumerate(rows):
        if number % ONE_IN <= night:
            row[at] = "ELSEWHERE"
            changed += number % ONE_IN == night
        kept.append(row)
    return _text(kept), changed


def _restated(rows: Iterator[list[str]], night: int) -> tuple[str, int]:
    """The claim lines that are told again with another amount."""
    head = next(rows)
    at, kept = head.index("patient_pay"), [head]
    for number, row in enumerate(rows):
        if number % ONE_IN == night:
            row[at] = f"{float(row[at] or 0) + 1:.2f}"
            kept.append(row)
    return _text(kept), len(kept) - 1


def _text(rows: list[list[str]]) -> str:
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(rows)
    return output.getvalue()


def measure(first: Path, nights: list[Path], folder: Path, lines: list[int]) -> list[str]:
    """Load, change, compare dumps, change twice more, then merge everything again."""
    with empty_server(folder / "home") as (settings, store, pid):
        with recording(folder / "all") as everything:
            loading = refresh(settings, store, first).stages
        before = dump(store.connection)
        reports, cpu = [], []
        for number, night in enumerate(nights):
            clock = Clock(pid)
            with recording(folder / night.name) as sent:
                reports.append(refresh(settings, store, night))
            spent = clock.read()
            cpu.append(spent["client"] + spent["server"])
            if number == 0:
                logged = sum(rows for text, rows in sent.blocks if "Change" in text)
                told, found = sent.rows - logged, differences(before, dump(store.connection))
                del before
        clock = Clock(pid)
        merging = plain_driver.send(store.connection, everything, merge=True)
        spent = clock.read()
    making = sum(loading[name] for name in ("discover", "land", "claim", "difference"))
    usual = median(report.seconds for report in reports)
    merged = spent["client"] + spent["server"]
    shown = [
        f"  night {number}: {report.seconds:6.2f} s ("
        + ", ".join(f"{name} {seconds:.2f}" for name, seconds in report.stages.items())
        + f"), {changed:,} changed lines"
        for number, (report, changed) in enumerate(zip(reports, lines, strict=True), start=1)
    ]
    return [
        f"{everything.rows:,} rows in the first load",
        f"refresh of the change     {usual:7.2f} s",
        *shown,
        f"merging everything again  {merging:7.2f} s for rows that are at hand, {merging / usual:.1f} times, "
        f"CPU {merged / median(cpu):.1f} times",
        f"  with reading all files, claiming and folding as in the first load ({making:.2f} s) "
        f"{(making + merging) / usual:.1f} times (goal at least 15)",
        f"rows sent {told:,} and {logged:,} entries of the log; differences between two dumps {found:,} (goal: equal)",
    ]


def dump(connection: Connection) -> Dump:
    """A checksum per node and relationship that refreshes write: millions of texts would slow what is measured next."""
    things: Dump = {}
    with (
        neo4j.GraphDatabase.driver(connection.uri, auth=connection.auth) as driver,
        driver.session(fetch_size=PAGE) as session,
    ):
        for node in NODE_TYPES:
            if node.written_by == "refresh":
                text = f"MATCH (n:`{node.label}`) RETURN n.`{node.key}` AS id, properties(n) AS values"
                for row in session.run(text):
                    things[f"{node.label} {row['id']}"] = _checksum(row["values"])
        for rel in RELATIONSHIPS:
            for start, end in rel.ends if rel.written_by == "refresh" else ():
                text = (
                    f"MATCH (a:`{start}`)-[r:`{rel.type}`]->(b:`{end}`) RETURN a.`{node_type(start).key}` AS a, "
                    f"b.`{node_type(end).key}` AS b, properties(r) AS values"
                )
                for row in session.run(text):
                    keys = [str(row["values"].get(key)) for key in rel.key]
                    things[f"{rel.type} {row['a']} {row['b']} {keys}"] = _checksum(row["values"])
    return things


def differences(before: Dump, after: Dump) -> int:
    """Nodes and relationships that differ, came or went: a row is sent for each, and for nothing else."""
    return sum(before.get(thing) != after.get(thing) for thing in before.keys() | after.keys())


def _checksum(values: dict[str, Any]) -> str:
    texts = sorted((name, str(value)) for name, value in values.items())
    return blake2b(repr(texts).encode(), digest_size=12).hexdigest()


if __name__ == "__main__":
    main()
