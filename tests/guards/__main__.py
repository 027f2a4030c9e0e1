"""`make test-guards`: each guard is taken away in turn, and tests must notice."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from graph.server.local import LocalServer
from tests.conftest import settings_for
from tests.guards.guards import GUARDS, Guard

ROOT = Path(__file__).resolve().parents[2]


def noticed(guard: Guard | None, tests: str, home: Path) -> list[str]:
    """The tests that fail without the guard."""
    file, _, words = tests.partition(" ")
    chosen = [file, *(("-k", words) if words else ())]
    without = {"TWIN_WITHOUT": guard.name} if guard is not None else {}
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "tests.guards.without",
            "-p",
            "no:cacheprovider",
            "--tb=no",
            *chosen,
        ],
        cwd=ROOT,
        env={**os.environ, "TWIN_TEST_HOME": str(home), "PYTHONPATH": str(ROOT), **without},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode not in (0, 1):
        raise SystemExit(
            f"{guard.name if guard else tests}: pytest ended with {result.returncode}\n{result.stdout[-2000:]}"
        )
    failed = [line.split("::")[1] for line in result.stdout.splitlines() if line.startswith("FAILED")]
    return list(dict.fromkeys(name.split("[")[0].split(" ")[0] for name in failed))


def main() -> int:
    """1 when taking a guard away goes unnoticed."""
    chosen = [guard for guard in GUARDS if not sys.argv[1:] or sys.argv[1] in guard.name]
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="twin-guards-") as folder:
        home = Path(os.environ.get("TWIN_TEST_HOME", folder))
        server = LocalServer(settings_for(home), profile="lean")
        server.start()
        try:
            for guard in chosen:
                found = noticed(guard, guard.tests, home)
                unnoticed += not found
                print(f"{guard.name:<48} {', '.join(found) or 'UNNOTICED'}", flush=True)
        finally:
            if "TWIN_TEST_HOME" not in os.environ:
                server.stop()
    print(f"{len(chosen) - unnoticed} of {len(chosen)} guards are noticed when they are taken away")
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main())
