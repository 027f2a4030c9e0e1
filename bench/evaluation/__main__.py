"""`python -m bench.evaluation --out DIR`: every world, one file of figures each, and the table of all that are there.

A world whose file is there is not computed again; stop it whenever you like.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.evaluation import adoption, explanations, friction, influence
from bench.evaluation.table import table
from bench.evaluation.worlds import Case, Judged, cases, judged
from gnn.tasks import ACCESS_FRICTION, ADOPTION
from gnn.train import learn, model_of
from graph.progress import say
from graph.world.regimes import REGIMES

HCPS, MONTHS = 4_000, 24


def main(arguments: Sequence[str]) -> int:
    """Judge the worlds that are missing, print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the figures, a file for each world")
    parser.add_argument("--hcps", type=int, default=HCPS)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--regime", action="append", default=[], choices=sorted(REGIMES), help="only this one; repeat")
    parser.add_argument("--seeds", type=int, help="at most so many of each regime")
    parser.add_argument("--only-table", action="store_true", help="judge nothing, show what is there")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for case in cases(tuple(options.regime), options.seeds):
        path = options.out / f"{case.name}.json"
        if not options.only_table and not path.exists():
            say(f"evaluation: {case.name}")
            found = _judge(case, options.hcps, options.months)
            unfinished = path.with_suffix(".part")
            unfinished.write_text(json.dumps(found, indent=1), encoding="utf-8")
            unfinished.replace(path)
    results = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(options.out.glob("*.json"))]
    sys.stdout.write(table(results) + "\n")
    return 0


def _judge(case: Case, hcps: int, months: int) -> dict[str, Any]:
    seconds: dict[str, float] = {}
    started = time.process_time()

    def took(stage: str) -> None:
        nonlocal started
        seconds[stage], started = round(time.process_time() - started, 1), time.process_time()

    with tempfile.TemporaryDirectory(prefix="twin-evaluation-") as folder:
        with judged(case, Path(folder) / "case", hcps, months) as one:
            took("world")
        return {
            "regime": case.regime,
            "seed": case.seed,
            "hcps": hcps,
            "months": months,
            "contagion": REGIMES[case.regime].contagion > 0,
            **_figures(one, took),
            "cpu_seconds": seconds,
        }


def _figures(one: Judged, took: Any) -> dict[str, Any]:
    learned = learn(ADOPTION, one.snapshot)
    model, _ = model_of(ADOPTION, one.snapshot, learned)
    took("train adoption")
    found: dict[str, Any] = {"adoption": adoption.judge(one, learned)}
    took("judge adoption")
    found["influence"] = influence.judge(one, model)
    took("judge influence")
    found["explanations"] = {"adoption": explanations.judge_adoption(one, model)}
    took("judge reasons of adoption")
    learned = learn(ACCESS_FRICTION, one.snapshot)
    model, _ = model_of(ACCESS_FRICTION, one.snapshot, learned)
    took("train friction")
    found["friction"] = friction.judge(one, learned, model)
    took("judge friction")
    found["explanations"]["access_friction"] = explanations.judge_friction(one, model)
    took("judge reasons of friction")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
