"""What may be said about a peer effect, in words, and the rules for it: all of them, in this one place."""

from dataclasses import dataclass
from enum import StrEnum

from gnn.peer_effect.estimate import Adjusted, Estimate
from gnn.peer_effect.regression import Interval

STRONG = 10.0
"""F of the first stage from which the lottery is said to move peers at all (Staiger and Stock's rule).

The interval is Anderson-Rubin's and right below it too; there it is too wide to be called an answer.
"""
DRAWN_AS_LOGGED = 3.29
"""Standard errors (p = .001) that draws may lie off their odds, or outcomes go with draws that came after them."""
PLACEBO_REACH = 1.5
"""What the placebo cannot exclude counts this much: hidden likeness accumulates over the windows of the exposure,
the placebo sees that of one."""
HALF = 0.5
"""Share of an estimate, counted from the end of its interval that is nearer to zero, that a bias may make up."""
NEGLIGIBLE = 0.25
"""A bias of at most this share of the average chance to adopt could not be mistaken for influence."""


class Verdict(StrEnum):
    """How the effect of peers is known."""

    IDENTIFIED = "identified by instrument"
    ADJUSTED = "adjusted, with sensitivity bound"
    NOT_IDENTIFIED = "not identified"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with its reason in one sentence, and the estimate that it is about."""

    verdict: Verdict
    reason: str
    value: float
    interval: Interval
    """95 %; Anderson-Rubin where an instrument identifies the effect."""
    bounds: Interval
    """The adjusted interval, moved by every bias that the placebo cannot exclude: the sensitivity bound."""

    @property
    def claims_influence(self) -> bool:
        """Whether an effect other than zero is claimed: never without identification."""
        return self.verdict is not Verdict.NOT_IDENTIFIED and not self.interval.contains(0.0)


def judge(found: Estimate) -> Judgement:
    """Apply the rules: first the instrument, then what is observed, else bounds."""
    refused = _refusal_of_instrument(found)
    if refused is None and found.instrumented is not None:
        strength = found.instrumented.strength
        return Judgement(
            Verdict.IDENTIFIED,
            f"a lottery with logged odds moves peers (first stage F = {strength:.1f}), whatever else they share",
            found.instrumented.effect.value,
            found.instrumented.interval,
            bounds(found.adjusted),
        )
    doubt = _doubt(found.adjusted, found.chance)
    verdict = Verdict.NOT_IDENTIFIED
    if doubt is None:
        verdict, doubt = Verdict.ADJUSTED, "the placebo leaves too little for hidden likeness to matter"
    fit = found.adjusted.fit
    return Judgement(verdict, f"{refused}; {doubt}", fit.value, fit.interval, bounds(found.adjusted))


def bounds(adjusted: Adjusted) -> Interval:
    """The adjusted interval, moved by every bias that the placebo cannot exclude."""
    upwards = PLACEBO_REACH * max(0.0, adjusted.placebo.interval.high)
    downwards = PLACEBO_REACH * min(0.0, adjusted.placebo.interval.low)
    return Interval(adjusted.fit.interval.low - upwards, adjusted.fit.interval.high - downwards)


def _refusal_of_instrument(found: Estimate) -> str | None:
    """Why the lottery does not identify the effect; None when it does."""
    if found.instrumented is None or found.lottery is None:
        return "no randomised encouragement"
    if abs(found.lottery.agreement) > DRAWN_AS_LOGGED:
        return f"the lottery was not drawn with the logged odds ({found.lottery.agreement:+.1f} standard errors)"
    if abs(found.lottery.later) > DRAWN_AS_LOGGED:
        return f"the lottery goes with what happened before it ({found.lottery.later:+.1f} standard errors)"
    if found.instrumented.strength < STRONG:
        return f"the lottery hardly moves peers (first stage F = {found.instrumented.strength:.1f}, below {STRONG:.0f})"
    if not found.instrumented.interval.bounded:
        return "the lottery was drawn too few times: by its odds alone no effect, however large, can be excluded"
    return None


def _doubt(adjusted: Adjusted, chance: float) -> str | None:
    """Why observed controls are not enough; None when they are.

    The burden of proof is on identification: not that the placebo finds nothing, but that it rules out a bias large
    enough to matter, is what counts.
    """
    enough = max(HALF * adjusted.fit.interval.from_zero, NEGLIGIBLE * chance)
    hidden = PLACEBO_REACH * max(abs(adjusted.placebo.interval.low), abs(adjusted.placebo.interval.high))
    if hidden > enough:
        return (
            f"peers who adopt in the same window, too late to be a cause, predict up to {hidden:.3f}: "
            "hidden likeness cannot be excluded"
        )
    if adjusted.fit.interval.from_zero > 0 and adjusted.bias > adjusted.fit.interval.from_zero:
        return f"something hidden as strong as {adjusted.strongest} would explain it away"
    return None
