"""A month of nights from the weekly deliveries of a sample world: each feed on a night of its own, claims on all."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

NIGHTS_IN_A_WEEK = 7
Entry = dict[str, Any]


def nightly(world: Path, target: Path, weeks: int = 4) -> list[str]:
    """Write the backfill and ``weeks`` weeks of nights below ``target``; return their dates in order."""
    deliveries = sorted(path for path in world.iterdir() if path.is_dir())[: weeks + 1]
    shutil.copytree(deliveries[0], target / deliveries[0].name)
    for week in deliveries[1:]:
        _spread(week, target)
    return sorted(path.name for path in target.iterdir())


def _spread(week: Path, target: Path) -> None:
    first = datetime.date.fromisoformat(week.name)
    days = [(first + datetime.timedelta(days=number)).isoformat() for number in range(NIGHTS_IN_A_WEEK)]
    entries: dict[str, list[Entry]] = defaultdict(list)
    listed: list[Entry] = json.loads((week / "manifest.json").read_text(encoding="utf-8"))["files"]
    feeds = sorted({entry["path"].split("/")[0] for entry in listed})
    for entry in listed:
        feed = entry["path"].split("/")[0]
        if feed == "rx_claims":
            for day, part in zip(days, _parts(week / entry["path"]), strict=True):
                entries[day].append(_write(target / day, entry, part))
        else:
            day = days[feeds.index(feed) % NIGHTS_IN_A_WEEK]
            entries[day].append(_write(target / day, entry, (week / entry["path"]).read_bytes()))
    for day, files in entries.items():
        manifest = json.dumps({"delivery": day, "files": files})
        (target / day / "manifest.json").write_text(manifest, encoding="utf-8")


def _parts(path: Path) -> list[bytes]:
    """The lines of a file in seven files with its header."""
    head, *rows = path.read_bytes().splitlines(keepends=True)
    return [head + b"".join(rows[number::NIGHTS_IN_A_WEEK]) for number in range(NIGHTS_IN_A_WEEK)]


def _write(folder: Path, entry: Entry, content: bytes) -> Entry:
    path = folder / entry["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    changed: Entry = {"sha256": hashlib.sha256(content).hexdigest()}
    if entry["path"].startswith("rx_claims/"):
        changed["rows"] = content.count(b"\n") - 1
    return {**entry, **changed}
