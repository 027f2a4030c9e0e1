"""A refresh of what was seen before, beside the first load: `python -m bench.refresh_nothing --hcps 2000`.

Prints the data transactions of the second refresh (goal: none) and its seconds as a share of the first (goal: 5 %),
both counted from the start of the process, as a scheduler starts it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.jobs import refresh_job
from bench.machine import described
from bench.twins import build_world, empty_server

ROUNDS = 5


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
        home = Path(temporary) / "home"
        with empty_server(home):
            first = refresh_job(home, world)
            again = [refresh_job(home, world) for _ in range(ROUNDS)]
    rows = sum(source["rows_in"] for source in first.report["sources"])
    median = sorted(job.seconds for job in again)[ROUNDS // 2]
    print(f"first load: {rows:,} rows in {first.seconds:.1f} s, CPU of the job {first.cpu:.1f} s")  # noqa: T201
    print(  # noqa: T201
        f"nothing changed: {median:.2f} s, {100 * median / first.seconds:.1f} % of the first load (goal at most 5 %), "
        f"data transactions {[job.report['write_transactions'] for job in again]} (goal 0)"
    )


if __name__ == "__main__":
    main()
