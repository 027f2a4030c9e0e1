"""All checks and tests, one stage after the other, with the time of each. Ends with 1 when a stage failed."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
LINT = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "layers": ["lint-imports"],
}
# Two processes, each with servers of its own: what one waits for, the other uses.
TESTS = {"tests": ["pytest", "-n", "2", "--dist", "loadfile", "--durations", "15"]}


def main() -> int:
    only_lint = sys.argv[1:] == ["--lint"]
    stages = LINT if only_lint else LINT | TESTS
    results = []
    for name, command in stages.items():
        print(f"== {name}: {' '.join(command)}", flush=True)
        started = time.monotonic()
        code = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, check=False).returncode
        results.append((name, time.monotonic() - started, code))
    print("\nstage      seconds  result")
    for name, seconds, code in results:
        print(f"{name:<10} {seconds:>7.1f}  {'ok' if code == 0 else f'failed ({code})'}")
    return int(any(code != 0 for _, _, code in results))


if __name__ == "__main__":
    sys.exit(main())
