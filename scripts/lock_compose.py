"""Write the versions into docker-compose.yml: Neo4j's from the lock, the twin's from pyproject.toml.

python scripts/lock_compose.py            write them
python scripts/lock_compose.py --check    only say whether they are right
"""

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
SECTION = re.compile(r"(?<=# versions: written by `make lock`\n).*?(?=# versions: end\n)", re.DOTALL)


def section() -> str:
    """The lines between the two marks."""
    neo4j = json.loads((ROOT / "graph/server/neo4j.lock.json").read_text(encoding="utf-8"))["versions"]["neo4j"]
    twin = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return (
        f"x-neo4j-image: &neo4j-image neo4j:{neo4j}\n"
        f"x-serve-image: &serve-image knowledge-twin-serve:{twin}\n"
        f"x-train-image: &train-image knowledge-twin-train:{twin}\n"
    )


def main() -> int:
    text = COMPOSE.read_text(encoding="utf-8")
    wanted, count = SECTION.subn(section(), text)
    if count != 1:
        print(f"error: {COMPOSE.name} has {count} sections for versions: keep one", file=sys.stderr)
        return 1
    if sys.argv[1:] == ["--check"]:
        return int(wanted != text)
    COMPOSE.write_text(wanted, encoding="utf-8")
    print(f"docker-compose.yml: {'nothing changed' if wanted == text else 'versions written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
