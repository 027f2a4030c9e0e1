"""First load into the graph, beside the plain driver and Cartography: `python -m bench.first_load --hcps 10000`.

All three get the same rows on a server that has just started empty with the constraints in place, in turn. Ours is the
stage `apply` of a refresh: everything between the rows on disk and the last commit. The seconds of the whole refresh
(reading, checking and comparing files too) are printed beside it.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from bench import cartography_data, plain_driver
from bench.machine import Clock, described
from bench.recorded import Recording, recording
from bench.twins import build_world, empty_server
from graph.refresh import refresh


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--hcps", type=int, default=10_000)
    options.add_argument("--months", type=int, default=6)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--folder", type=Path, help="where world and peers are kept; a temporary one otherwise")
    options.add_argument("--without-cartography", action="store_true")
    chosen = options.parse_args()
    print(described())  # noqa: T201
    with tempfile.TemporaryDirectory(dir=chosen.folder) as temporary:
        kept = chosen.folder or Path(temporary)
        lines = compare(
            build_world(kept / f"world-{chosen.hcps}-{chosen.months}", chosen.hcps, chosen.months),
            Path(temporary),
            None if chosen.without_cartography else cartography_data.environment(kept / "cartography"),
            chosen.rounds,
        )
        print("\n".join(lines))  # noqa: T201


def compare(world: Path, folder: Path, peer: Path | None, rounds: int) -> list[str]:
    """Load in turn; return the lines of the table."""
    first = world / min(path.name for path in world.iterdir())
    data = folder / "graph.pickle"
    sent, counts = record(first, folder, data)
    ours: list[float] = []
    whole: list[float] = []
    plain: list[float] = []
    cartography: list[float] = []
    cpu: list[str] = []
    for number in range(1, rounds + 1):
        with empty_server(folder / "ours") as (settings, store, pid):
            clear_state(folder / "ours")
            clock = Clock(pid)
            report = refresh(settings, store, first)
            ours.append(report.stages["apply"])
            whole.append(report.seconds)
            cpu.append(_cpu("refresh", clock))
        with empty_server(folder / "plain") as (_, store, pid):
            clock = Clock(pid)
            plain.append(plain_driver.send(store.connection, sent))
            cpu.append(_cpu("plain driver", clock))
        if peer is not None:
            with empty_server(folder / "peer") as (_, store, pid):
                clock = Clock(pid)
                cartography.append(cartography_data.load(peer, store.connection, data))
                cpu.append(_cpu("Cartography", clock))
        print(f"round {number}: {[one[-1] for one in (ours, plain, cartography) if one]} s")  # noqa: T201
    speed = sent.rows / statistics.median(ours)
    lines = [
        f"{sent.rows:,} rows, {counts[0]:,} nodes, {counts[1]:,} edges, {rounds} rounds",
        f"ours, into the graph      {statistics.median(ours):7.1f} s  ({speed:,.0f} rows/s)",
        f"ours, the whole refresh   {statistics.median(whole):7.1f} s",
        f"plain driver              {statistics.median(plain):7.1f} s",
        _ratio("ours / plain driver", ours, plain, "at most 1.3"),
    ]
    if cartography:
        lines += [
            f"Cartography               {statistics.median(cartography):7.1f} s",
            _ratio("Cartography / ours", cartography, ours, "at least 1.5"),
        ]
    return [*lines, *cpu]


def record(delivery: Path, folder: Path, data: Path) -> tuple[Recording, tuple[int, int]]:
    """Load once without timing: the rows that are sent, and the graph that they make, are kept for the others."""
    with empty_server(folder / "ours") as (settings, store, _):
        with recording(folder / "rows") as sent:
            refresh(settings, store, delivery)
        return sent, cartography_data.write_graph(store, data)


def clear_state(home: Path) -> None:
    """Forget what was loaded, but keep what was landed."""
    shutil.rmtree(home / "state", ignore_errors=True)


def _ratio(name: str, one: list[float], other: list[float], goal: str) -> str:
    pairs = sorted(first / second for first, second in zip(one, other, strict=True))
    return f"{name:26}{statistics.median(pairs):7.2f}  ({pairs[0]:.2f} to {pairs[-1]:.2f}; goal {goal})"


def _cpu(name: str, clock: Clock) -> str:
    read = clock.read()
    return f"CPU {name}: client {read['client']:.1f} s, server {read['server']:.1f} s, elapsed {read['wall']:.1f} s"


if __name__ == "__main__":
    main()
