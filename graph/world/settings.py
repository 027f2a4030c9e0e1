"""What a sample world is asked to be."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from graph.world.errors import WorldError
from graph.world.regimes import DEFAULT, Regime, regime_named

FEWEST_HCPS, MOST_HCPS = 100, 100_000
FEWEST_WEEKS, MOST_WEEKS = 1, 26
FEWEST_MONTHS, MOST_MONTHS = 6, 120


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """The order for one world; checked when made, WorldError says what is wrong.

    `out` receives the deliveries; its sibling `<out>-truth` receives the truth.
    """

    out: Path
    seed: int = 7
    hcps: int = 2_000
    months: int = 24
    regime: str = DEFAULT
    start: date = date(2024, 1, 1)
    weeks: int = 8
    """Weekly deliveries after the backfill."""
    promotion_arm: bool = True
    """Whether a tenth of the suggestions is randomised."""

    def __post_init__(self) -> None:
        regime_named(self.regime)
        if self.seed < 0:
            raise WorldError(f"seed: {self.seed!r} is negative; use zero or more")
        if not FEWEST_HCPS <= self.hcps <= MOST_HCPS:
            raise WorldError(f"hcps: {self.hcps!r} is not between {FEWEST_HCPS} and {MOST_HCPS}")
        if not FEWEST_MONTHS <= self.months <= MOST_MONTHS:
            raise WorldError(f"months: {self.months!r} is not between {FEWEST_MONTHS} and {MOST_MONTHS}")
        if not FEWEST_WEEKS <= self.weeks <= MOST_WEEKS:
            raise WorldError(f"weeks: {self.weeks!r} is not between {FEWEST_WEEKS} and {MOST_WEEKS}")
        most = max(8, self.months)
        if self.weeks > most:
            # The planted policy change, after three quarters of the time, belongs to the backfill.
            raise WorldError(
                f"weeks: {self.weeks!r} leave too short a backfill in {self.months} months; use at most {most}"
            )
        if self.start.day != 1:
            raise WorldError(f"start: {self.start.isoformat()!r} is not the first of a month")

    @property
    def planted(self) -> Regime:
        """The regime that `regime` names."""
        return regime_named(self.regime)

    @property
    def truth(self) -> Path:
        """The folder of the truth, beside the deliveries and never inside them."""
        return self.out.with_name(self.out.name + "-truth")

    @property
    def accounts(self) -> int:
        return self.hcps // 10

    @property
    def pharmacies(self) -> int:
        return max(6, self.hcps // 35)

    @property
    def patients(self) -> int:
        return self.hcps * 20

    @property
    def territories(self) -> int:
        return max(4, round(self.hcps / 100))
