"""The estimates, from naive to adjusted to instrumented, for one direction of ties."""

from dataclasses import dataclass

import numpy as np

from gnn.peer_effect.course import Course, Direction
from gnn.peer_effect.instrument import Instrumented, instrumented
from gnn.peer_effect.panel import Panel
from gnn.peer_effect.placebo import placebo
from gnn.peer_effect.regression import Controls, Fit, least_squares
from gnn.peer_effect.sensitivity import biases_of_confounders_like, robustness_value
from gnn.view import Floats

OWN = ("practice", "position", "promotion", "payer")
"""Groups of covariates; promotion and payer are also looked at alone by the audit."""

ADJUSTED = "and peers' covariates"
"""The last step: everything observed is held constant."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An estimate with everything observed held constant, and what is left to doubt."""

    fit: Fit
    robustness: float
    robustness_of_interval: float
    strongest: str
    """The observed covariate whose equal among the unobserved would bias the estimate most."""
    bias: float
    """That bias, at most."""
    placebo: Fit
    """Coefficient of what peers do in the very window: too late to be a cause, so it shows what is left confounded."""


@dataclass(frozen=True, slots=True)
class Lotteries:
    """Whether the lottery was what its log says."""

    agreement: float
    """Draws against their odds, in standard errors."""
    later: float
    """Correlation of outcomes with draws that came after them, in standard errors."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Effect on the chance to adopt within one window if all peers had adopted before it instead of none."""

    direction: str
    rows: int
    events: int
    clusters: int
    chance: float
    """Mean chance to adopt within a window."""
    steps: dict[str, Fit]
    """Least squares by what is held constant, each step with all before it."""
    adjusted: Adjusted
    given_others: Fit | None
    """As adjusted, with the exposure along all other directions held constant too; None without another one."""
    instrumented: Instrumented | None
    lottery: Lotteries | None


def estimate(course: Course, direction: Direction) -> Estimate:
    """All estimates along one direction of the ties."""
    panel = Panel(course, direction)
    # Where an HCP's own draws stand among the covariates, its peers' draws are not mistaken for them.
    observed, drawn = panel.covariates(OWN), own_draws(panel)
    own = np.concatenate([observed, drawn], axis=1)
    kind, peers = panel.specialties(), panel.covariates_of_peers(OWN)
    nothing = np.zeros((len(own), 0))
    everything = np.concatenate([own, kind, peers], axis=1)
    # A level per region and window, not per region: the mean of a region over all windows holds what its HCPs do
    # later, and biases the coefficient of what they did before.
    designs = {
        "nothing": Controls(nothing, panel.window),
        "own covariates": Controls(own, panel.window),
        "and specialty, region": Controls(np.concatenate([own, kind], axis=1), panel.cell),
        ADJUSTED: Controls(everything, panel.cell),
    }
    steps = {name: least_squares(panel.outcome, panel.exposure, held, panel.cluster) for name, held in designs.items()}
    by_lottery, checked = (
        _by_lottery(panel, np.concatenate([observed, kind, peers], axis=1)) if panel.drawn else (None, None)
    )
    return Estimate(
        direction=direction,
        rows=len(panel.outcome),
        events=int(panel.outcome.sum()),
        clusters=len(np.unique(panel.cluster)),
        chance=float(panel.outcome.mean()),
        steps=steps,
        adjusted=_adjusted(panel, steps[ADJUSTED], designs[ADJUSTED], kind, np.concatenate([own, peers], axis=1)),
        given_others=_given_others(panel, everything) if len(course.ties) > 1 else None,
        instrumented=by_lottery,
        lottery=checked,
    )


def own_draws(panel: Panel) -> Floats:
    """[rows, 1]: the HCP's own encouragement before the window; no column without a lottery."""
    return panel.encouraged_otherwise[:, :1] if panel.drawn else np.zeros((len(panel.hcp), 0))


def _adjusted(panel: Panel, fit: Fit, controls: Controls, kind: Floats, columns: Floats) -> Adjusted:
    held = Controls(kind, panel.cell)
    biases = biases_of_confounders_like(
        held.residual(columns), held.residual(panel.exposure), held.residual(panel.outcome), fit
    )
    course = panel.course
    own = [course.names[place] for place in course.places(OWN)]
    named = [*own, *["own encouragement"] * (columns.shape[1] - 2 * len(own)), *(f"peers' {name}" for name in own)]
    worst = int(np.argmax(biases)) if named else -1
    rest = controls.residual(panel.outcome) - fit.value * controls.residual(panel.exposure)
    return Adjusted(
        fit=fit,
        robustness=robustness_value(fit),
        robustness_of_interval=robustness_value(fit, significance=True),
        strongest=named[worst] if named else "",
        bias=float(biases[worst]) if named else 0.0,
        placebo=placebo(rest, [panel.weights] * course.windows, (panel.window, panel.hcp), panel.cell, panel.cluster),
    )


def _given_others(panel: Panel, everything: Floats) -> Fit:
    held = Controls(np.concatenate([everything, panel.exposure_otherwise], axis=1), panel.cell)
    return least_squares(panel.outcome, panel.exposure, held, panel.cluster)


def _by_lottery(panel: Panel, observed: Floats) -> tuple[Instrumented, Lotteries]:
    """By the draws of the peers, given those of oneself and along all other directions."""
    others = panel.encouraged_otherwise
    before = Controls(observed, panel.cell)
    held = Controls(np.concatenate([observed, others], axis=1), panel.cell)
    # Residuals are blind to the other draws. So is the instrument then: the same draw may be felt in both ways.
    shares = np.linalg.lstsq(before.residual(others), before.residual(panel.encouraged), rcond=None)[0]

    def pieces(rest: Floats) -> Floats:
        found = panel.pieces(rest)
        for share, over in zip(shares, panel.other_draws, strict=True):
            found = found - share * panel.pieces(rest, over=over)
        return found

    found = instrumented(panel.outcome, panel.exposure, panel.encouraged, held, panel.cluster, pieces)
    rest = held.residual(panel.outcome)
    after = panel.pieces(rest, later=True)
    spread = float(np.sqrt(after @ after))
    later = float(panel.encouraged_later @ rest) / spread if spread else 0.0
    return found, Lotteries(panel.lottery.agreement, later)
