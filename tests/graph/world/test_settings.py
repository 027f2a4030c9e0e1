"""Settings of a world: what cannot be built is refused in one line."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph.errors import TwinError
from graph.world import WorldError, WorldSettings


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"regime": "chaos"},
            "regime: 'chaos' is not known; choose one of: adversarial, cold_start_region, contagion_homophily, "
            "contagion_only, drift, homophily_only, no_graph_signal, policy_shock",
        ),
        ({"hcps": 99}, "hcps: 99 is not between 100 and 100000"),
        ({"hcps": 100_001}, "hcps: 100001 is not between 100 and 100000"),
        ({"weeks": 0}, "weeks: 0 is not between 1 and 26"),
        ({"weeks": 13, "months": 12}, "weeks: 13 leave too short a backfill in 12 months; use at most 12"),
        ({"months": 5}, "months: 5 is not between 6 and 120"),
        ({"seed": -1}, "seed: -1 is negative; use zero or more"),
        ({"start": date(2024, 1, 2)}, "start: '2024-01-02' is not the first of a month"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(change: dict[str, Any], message: str) -> None:
    with pytest.raises(WorldError) as refused:
        WorldSettings(out=Path("world"), **change)
    assert str(refused.value) == message
    assert isinstance(refused.value, TwinError)
    assert refused.value.exit_code == 2


def test_everything_scales_with_the_hcps() -> None:
    # given the default and a world a tenth of it
    full, tenth = WorldSettings(out=Path("world")), WorldSettings(out=Path("world"), hcps=200)
    # then
    assert (full.hcps, full.accounts, full.patients, full.territories) == (2_000, 200, 40_000, 20)
    assert (tenth.hcps, tenth.accounts, tenth.patients, tenth.territories) == (200, 20, 4_000, 4)


def test_the_truth_lies_beside_the_deliveries() -> None:
    assert WorldSettings(out=Path("some/world")).truth == Path("some/world-truth")
