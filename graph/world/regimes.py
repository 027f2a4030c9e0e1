"""Regimes: named worlds that differ in what is planted."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graph.world.errors import WorldError


@dataclass(frozen=True, slots=True)
class Regime:
    """What a world plants."""

    name: str
    means: str
    """One clause for the help text."""
    contagion: float
    """Weight of peer exposure in the weekly adoption logit; 0 = peers cause nothing."""
    homophily: float
    """Weight of the openness gap in who shares patients with whom; 0 = ties ignore openness."""
    drift: float = 0.0
    """Share of their force that peers and calls lose from the launch to the end, having begun with more."""
    tightening: float = 0.0
    """What each formulary edition takes from the logit of settling a rejection."""
    shock: float = 0.0
    """Share of the patients whose formularies add prior authorization and step therapy at once."""
    cold: bool = False
    """Whether one state was sold late: its claims and ties from before are in no file."""
    padded_calls: float = 0.0
    """Calls that reps wrote down and never made, over those made."""
    crm_noise: float = 1.0
    """Factor on the duplicates and stale records of the CRM."""
    survey_noise: float = 1.0
    """Factor on the noise of the nominations."""
    adversarial: bool = False
    """Whether files deceive: leaders without volume, ties that mean nothing, orders in notes, broken dates."""


FORCE = 0.42
"""Contagion that gives a social multiplier of about 1.3."""
REGIMES: Mapping[str, Regime] = MappingProxyType(
    {
        regime.name: regime
        for regime in (
            Regime("contagion_homophily", "peers cause adoption and are alike", FORCE, 1.0),
            Regime("homophily_only", "peers are alike, but cause nothing", 0.0, 1.0),
            Regime("contagion_only", "peers cause adoption and are not alike", FORCE, 0.0),
            Regime("no_graph_signal", "peers neither cause anything nor are alike", 0.0, 0.0),
            Regime(
                "policy_shock", "payers of 45 % of the patients restrict the product on one day", FORCE, 1.0, shock=0.45
            ),
            Regime(
                "drift",
                "peers and calls lose their force, payers grow stricter",
                FORCE,
                1.0,
                drift=0.8,
                tightening=0.12,
            ),
            Regime("cold_start_region", "one state has neither ties nor old claims", FORCE, 1.0, cold=True),
            Regime(
                "adversarial",
                "files that deceive",
                FORCE,
                1.0,
                padded_calls=0.3,
                crm_noise=2.0,
                survey_noise=3.0,
                adversarial=True,
            ),
        )
    }
)
DEFAULT = "contagion_homophily"
ALIASES: Mapping[str, str] = MappingProxyType({"contagion": "contagion_homophily", "homophily": "homophily_only"})
"""Earlier names that go on working."""


def regime_named(name: str) -> Regime:
    """The regime called `name`; WorldError names the known ones when there is none."""
    try:
        return REGIMES[ALIASES.get(name, name)]
    except KeyError:
        known = ", ".join(sorted(REGIMES))
        raise WorldError(f"regime: {name!r} is not known; choose one of: {known}") from None
