"""`make test-noninterference N=2000 SEED=1 FROM=0 ROLE=...`: the proof for longer, from any operation on."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from graph.server.local import LocalServer
from tests.conftest import settings_for
from tests.noninterference.proof import SMALLEST_SHARE, callers, twins


def main() -> int:
    """1 when an answer differs, or too few have rows."""
    parser = argparse.ArgumentParser(prog="make test-noninterference", description=__doc__)
    parser.add_argument("--operations", type=int, default=2_000, help="how many for each role")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="start", help="number of the first operation")
    parser.add_argument("--role", help="this role alone")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="twin-noninterference-") as folder:
        left, right = (settings_for(Path(folder) / name) for name in ("left", "right"))
        servers = [LocalServer(settings, profile="full") for settings in (left, right)]
        try:
            for server in servers:
                server.start()
            with twins(left, right) as pair:
                for who in callers(pair.policy):
                    if options.role not in (None, who.role):
                        continue
                    started = time.monotonic()
                    report = pair.prove(who, range(options.start, options.start + options.operations), options.seed)
                    print(f"{report.line()} in {time.monotonic() - started:.0f} s", flush=True)
                    for number, difference in report.differences:
                        print(f"operation {number} of seed {options.seed}: {difference}", flush=True)
                    failed = failed or bool(report.differences) or report.share < SMALLEST_SHARE
        finally:
            for server in servers:
                server.stop()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
