"""How time and memory of a first load grow: `python -m bench.refresh_scale --hcps 10000 30000 100000`.

Each world is loaded on a server that starts empty by `twin refresh` as a process of its own. The exponent is the slope
between the smallest and the largest world on logarithmic scales (goal at most 1.1), of elapsed and of CPU seconds of
job and server together; the memory is the largest resident size of the job (goal at most 1.5 GB).
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.jobs import refresh_job
from bench.machine import Clock, described
from bench.twins import build_world, empty_server


@dataclass(frozen=True, slots=True)
class Point:
    """One world: rows read, seconds and memory of its load."""

    hcps: int
    rows: int
    wall: float
    cpu: float
    memory: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hcps", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    options.add_argument("--months", type=int, default=6)
    options.add_argument("--folder", type=Path, help="where the worlds are kept; a temporary one otherwise")
    chosen = options.parse_args()
    print(described())  # noqa: T201
    points = []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as temporary:
        kept = chosen.folder or Path(temporary)
        for hcps in sorted(chosen.hcps):
            world = build_world(kept / f"world-{hcps}-{chosen.months}", hcps, chosen.months)
            points.append(measure(hcps, world, Path(temporary) / f"home-{hcps}"))
            print(line(points[-1]), flush=True)  # noqa: T201
    first, last = points[0], points[-1]
    if first is not last:
        print(  # noqa: T201
            f"grows with n^{exponent(first, last, 'wall'):.2f} elapsed, n^{exponent(first, last, 'cpu'):.2f} CPU "
            "(goal at most 1.1)"
        )


def measure(hcps: int, world: Path, home: Path) -> Point:
    """Load the first delivery of a world."""
    first = world / min(path.name for path in world.iterdir())
    with empty_server(home) as (_, _, pid):
        clock = Clock(pid)
        job = refresh_job(home, first)
        spent = clock.read()
    rows = sum(source["rows_in"] for source in job.report["sources"])
    return Point(hcps, rows, job.seconds, job.cpu + spent["server"], job.memory)


def exponent(first: Point, last: Point, name: str) -> float:
    growth = math.log(getattr(last, name) / getattr(first, name))
    return growth / math.log(last.hcps / first.hcps)


def line(point: Point) -> str:
    return (
        f"{point.hcps:8,} HCPs {point.rows:11,} rows {point.wall:8.1f} s  CPU {point.cpu:8.1f} s  "
        f"job {point.memory:6,.0f} MB"
    )


if __name__ == "__main__":
    main()
