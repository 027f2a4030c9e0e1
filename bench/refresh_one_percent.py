"""One per cent changed, beside merging everything again: `python -m bench.refresh_one_percent --hcps 2000`.

The second delivery repeats the registry of the first with another city for one person in a hundred, and restates one
claim line in a hundred. Three figures: seconds of that refresh beside those of the plain driver that merges every row
once more (best shape, same statements with MERGE); the rows that the refresh sends; and the differences that two dumps
of the graph show, counted without the twin.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench import plain_driver
from bench.machine import Clock, described
from bench.recorded import recording
from bench.twins import build_world, empty_server
from graph.refresh import refresh
from graph.schema.catalogue import NODE_TYPES, node_type
from graph.schema.relationships import RELATIONSHIPS
from graph.store import Store

ONE_IN = 100
PAGE = 20_000
Dump = dict[str, dict[str, str]]


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
        second = Path(temporary) / "later" / max(path.name for path in world.iterdir())
        lines = write_later(first, second)
        print("\n".join(measure(first, second, Path(temporary), lines)))  # noqa: T201


def write_later(first: Path, second: Path) -> int:
    """Write the second delivery; return how many of its lines differ from the first."""
    changed = 0
    for path in sorted(first.rglob("*.csv")):
        feed = path.relative_to(first).parts[0]
        if feed in ("nppes", "rx_claims"):
            column = "Provider Business Practice Location Address City Name" if feed == "nppes" else "patient_pay"
            target = second / path.relative_to(first)
            target.parent.mkdir(parents=True, exist_ok=True)
            with path.open(encoding="utf-8", newline="") as file:
                text, number = _restated(csv.reader(file), column, keep_all=feed == "nppes")
            target.write_text(text, encoding="utf-8")
            changed += number
    files = [
        {"path": path.relative_to(second).as_posix(), "sha256": sha256(path.read_bytes()).hexdigest()}
        for path in sorted(second.rglob("*.csv"))
    ]
    (second / "manifest.json").write_text(json.dumps({"delivery": second.name, "files": files}), encoding="utf-8")
    return changed


def _restated(rows: Iterator[list[str]], column: str, *, keep_all: bool) -> tuple[str, int]:
    """The rows with another value in every hundredth; a delta holds only these."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    head = next(rows)
    at, changed = head.index(column), 0
    writer.writerow(head)
    for number, row in enumerate(rows):
        if number % ONE_IN == 0:
            row[at] = "ELSEWHERE" if keep_all else f"{float(row[at] or 0) + 1:.2f}"
            changed += 1
        elif not keep_all:
            continue
        writer.writerow(row)
    return output.getvalue(), changed


def measure(first: Path, second: Path, folder: Path, lines: int) -> list[str]:
    """Load, change, compare dumps, then merge everything once more."""
    home = folder / "home"
    with empty_server(home) as (settings, store, pid):
        with recording(folder / "all") as everything:
            refresh(settings, store, first)
        before = dump(store)
        clock = Clock(pid)
        with recording(folder / "changed") as sent:
            report = refresh(settings, store, second)
        spent = clock.read()
        found = differences(before, dump(store))
        clock = Clock(pid)
        merging = plain_driver.send(store.connection, everything, merge=True)
        merged = clock.read()
    logged = sum(number for text, number in sent.blocks if "Change" in text)
    cpu = sum(merged[name] for name in ("client", "server")) / sum(spent[name] for name in ("client", "server"))
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in report.stages.items())
    return [
        f"{lines:,} changed lines, {everything.rows:,} rows in the first load",
        f"refresh of the change     {report.seconds:7.2f} s ({stages})",
        f"merging everything again  {merging:7.2f} s, {merging / report.seconds:.1f} times (goal at least 15), "
        f"CPU {cpu:.1f} times",
        f"rows sent {sent.rows - logged:,} and {logged:,} entries of the log; differences between two dumps {found:,} "
        f"(goal: equal)",
    ]


def dump(store: Store) -> Dump:
    """Every node and relationship that refreshes write, with its properties as texts."""
    things: Dump = {}
    for node in NODE_TYPES:
        if node.written_by == "refresh":
            for row in _pages(store, f"MATCH (n:`{node.label}`) RETURN n.`{node.key}` AS id, properties(n) AS values"):
                things[f"{node.label} {row['id']}"] = _texts(row["values"])
    for rel in RELATIONSHIPS:
        for start, end in rel.ends if rel.written_by == "refresh" else ():
            text = (
                f"MATCH (a:`{start}`)-[r:`{rel.type}`]->(b:`{end}`) RETURN a.`{node_type(start).key}` AS a, "
                f"b.`{node_type(end).key}` AS b, properties(r) AS values"
            )
            for row in _pages(store, text):
                values = _texts(row["values"])
                things[f"{rel.type} {row['a']} {row['b']} {[values.get(key) for key in rel.key]}"] = values
    return things


def differences(before: Dump, after: Dump) -> int:
    """Nodes and relationships that differ, came or went: a row is sent for each, and for nothing else."""
    return sum(before.get(thing) != after.get(thing) for thing in before.keys() | after.keys())


def _texts(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _pages(store: Store, text: str) -> Iterator[dict[str, Any]]:
    skipped = 0
    while rows := store.read(f"{text} SKIP $skipped LIMIT {PAGE}", skipped=skipped):
        yield from rows
        skipped += len(rows)


if __name__ == "__main__":
    main()
