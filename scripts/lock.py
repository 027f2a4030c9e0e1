"""`make lock`: pin Python packages, the local Neo4j and the versions in docker-compose.yml, in this order."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STEPS = (["scripts/lock_python.py"], ["-m", "graph.server.make_lock"], ["scripts/lock_compose.py"])


def main() -> int:
    for step in STEPS:
        code = subprocess.run([sys.executable, *step], cwd=ROOT, check=False).returncode
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
