"""Regimes: named worlds that differ in what is planted."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graph.world.errors import WorldError


@dataclass(frozen=True, slots=True)
class Regime:
    """What a world plants: whether peers cause adoption, and whether peers are alike."""

    name: str
    contagion: float
    """Weight of peer exposure in the weekly adoption logit; 0 = peers cause nothing."""
    homophily: float
    """Weight of the openness gap in who shares patients with whom; 0 = ties ignore openness."""
    padded_calls: float = 0.0
    """Calls that reps wrote down and never made, over those made."""
    crm_noise: float = 1.0
    """Factor on the duplicates and stale records of the CRM."""
    survey_noise: float = 1.0
    """Factor on the noise of the nominations."""
    adversarial: bool = False
    """Whether feeds hold what was written to deceive: instructions in notes, payments with broken dates."""


REGIMES: Mapping[str, Regime] = MappingProxyType(
    {
        regime.name: regime
        for regime in (
            Regime("contagion", contagion=0.42, homophily=1.0),
            Regime("homophily", contagion=0.0, homophily=1.0),
        )
    }
)


def regime_named(name: str) -> Regime:
    """The regime called `name`; WorldError names the known ones when there is none."""
    try:
        return REGIMES[name]
    except KeyError:
        known = ", ".join(sorted(REGIMES))
        raise WorldError(f"regime: {name!r} is not known; choose one of: {known}") from None
