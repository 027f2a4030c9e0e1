"""The peer-effect estimators against planted worlds: `python -m bench.peer_effect [--worlds 400] [--results FILE]`.

One line of results per world is kept in FILE; a second run goes on where the first one ended.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from bench.machine import described
from bench.peer_effect_worlds import FOLLOWED, FOLLOWS, HCPS, SITUATIONS, Situation, world
from gnn.peer_effect.estimate import ADJUSTED, estimate
from gnn.peer_effect.verdict import Verdict, judge

Row = dict[str, Any]


def main(arguments: Sequence[str]) -> str:
    """Run what is missing, then the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.peer_effect", description=__doc__)
    parser.add_argument("--worlds", type=int, default=400, help="worlds per situation")
    parser.add_argument("--hcps", type=int, default=HCPS, help="HCPs per world")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first world of each situation")
    parser.add_argument("--results", type=Path, default=Path("peer_effect.jsonl"), help="one line per world")
    asked = parser.parse_args(arguments)
    rows = list(run(asked.results, range(asked.seed, asked.seed + asked.worlds), asked.hcps))
    return f"{described()}; {asked.worlds} worlds of {asked.hcps:,} HCPs per situation\n" + table(rows)


def run(results: Path, seeds: Iterable[int], hcps: int = HCPS) -> Iterator[Row]:
    """The results of all situations and seeds; those that the file has are not computed again."""
    known = {}
    if results.exists():
        # A line without an end was cut off with the process.
        lines = results.read_text(encoding="utf-8").split("\n")[:-1]
        known = {(row["situation"], row["seed"], row["hcps"]): row for row in map(json.loads, lines)}
        results.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    with results.open("a", encoding="utf-8") as file:
        for seed in seeds:
            for situation in SITUATIONS:
                row = known.get((situation.name, seed, hcps))
                if row is None:
                    row = {"seed": seed, "hcps": hcps, **result(situation, seed, hcps)}
                    file.write(json.dumps(row) + "\n")
                    file.flush()
                yield row


def result(situation: Situation, seed: int, hcps: int = HCPS) -> Row:
    """What the estimators say of one world."""
    course = world(situation, seed, hcps)
    found = estimate(course, FOLLOWS)
    said = judge(found)
    covers = found.adjusted.fit.interval.contains(situation.effect)
    row: Row = {
        "situation": situation.name,
        "verdict": said.verdict,
        "claims": said.claims_influence,
        "value": said.value,
        "covers": said.interval.contains(situation.effect),
        "bounds_cover": said.bounds.contains(situation.effect),
        "naive": found.steps["nothing"].value,
        "adjusted": found.adjusted.fit.value,
        "adjusted_covers": covers,
        "placebo": found.adjusted.placebo.value,
    }
    if found.instrumented is not None:
        row |= {
            "strength": found.instrumented.strength,
            "instrumented": found.instrumented.effect.value,
            "instrument_covers": found.instrumented.interval.contains(situation.effect),
            "wald_covers": found.instrumented.effect.interval.contains(situation.effect),
        }
    if found.instrumented is not None or not situation.hidden:
        # Towards those who look at the HCP nothing flows: leaders move followers, not the other way round.
        back = estimate(course, FOLLOWED)
        reverse = back.given_others if back.instrumented is None else back.instrumented
        if reverse is not None:
            row["reverse_is_zero"] = reverse.interval.contains(0.0)
    return row


def table(rows: Sequence[Row]) -> str:
    """Shares per situation with their exact 95 % intervals."""
    lines = []
    for situation in SITUATIONS:
        mine = [row for row in rows if row["situation"] == situation.name]
        lines.append(f"{situation.name}: planted {situation.effect:.2f}, {len(mine)} worlds")
        verdicts = ", ".join(f"{one} {exact([row['verdict'] == one for row in mine])}" for one in Verdict)
        lines.append(f"  verdict: {verdicts}")
        means = {
            name: np.mean([row[name] for row in mine])
            for name in ("naive", "adjusted", "placebo", "instrumented", "strength")
            if name in mine[0]
        }
        lines.append("  mean: " + ", ".join(f"{name} {value:.3f}" for name, value in means.items()))
        identified = [row for row in mine if row["verdict"] == Verdict.IDENTIFIED]
        if identified:
            lines.append(f"  identified, interval covers: {exact([row['covers'] for row in identified])}")
            lines.append(f"  interval of the instrument covers, all worlds: {_share(mine, 'instrument_covers')}")
            lines.append(f"  Wald interval covers, all worlds: {_share(mine, 'wald_covers')}")
        adjusted = [row for row in mine if row["verdict"] == Verdict.ADJUSTED]
        if adjusted:
            lines.append(f"  verdict adjusted, interval covers: {exact([row['covers'] for row in adjusted])}")
        lines.append(f"  {ADJUSTED}, interval covers: {_share(mine, 'adjusted_covers')}")
        lines.append(f"  bounds cover: {_share(mine, 'bounds_cover')}")
        if "reverse_is_zero" in mine[0]:
            lines.append(f"  follower to leader, interval contains 0: {_share(mine, 'reverse_is_zero')}")
        word = "influence claimed" if situation.effect else "false positives: influence claimed"
        lines.append(f"  {word}: {_share(mine, 'claims')}")
    return "\n".join(lines)


def _share(rows: Sequence[Row], name: str) -> str:
    return exact([row[name] for row in rows])


def exact(hits: Sequence[bool]) -> str:
    """A share with its Clopper-Pearson interval."""
    low, high = clopper_pearson(sum(hits), len(hits))
    return f"{sum(hits) / len(hits):.3f} [{low:.3f}, {high:.3f}]"


def clopper_pearson(hits: int, trials: int) -> tuple[float, float]:
    """Exact 95 % interval of a share."""
    low = stats.beta.ppf(0.025, hits, trials - hits + 1) if hits else 0.0
    high = stats.beta.ppf(0.975, hits + 1, trials - hits) if hits < trials else 1.0
    return float(low), float(high)


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]) + "\n")
