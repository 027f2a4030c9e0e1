"""Champion against challenger: what a newly trained model must show before it replaces the one in use.

Both are judged on the rows of the newest matured window, which the challenger has not seen: as it is calibrated on the
window before. The champion is judged as it is used; where its calibration has seen these very labels, it is calibrated
as the challenger is. Margins and rules are all here.

Without a champion that can be read there is nothing else to use: then calibration and slices warn and do not refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.bootstrap import paired
from gnn.calibrate import Platt, fit_platt
from gnn.calibration import Calibration
from gnn.metrics import log_loss
from gnn.model import Model
from gnn.predictors import Predictor, joined
from gnn.samples import Sample
from gnn.slices import Slice, clusters_of, limit, slices_of
from gnn.tasks import Task
from gnn.view import Floats
from graph.history.snapshot_tables import date_of

WORSE_AUC = 0.02
"""Loss of AUC from the champion to the challenger that would still be accepted; the interval has to exclude more."""
WORSE_LOG_LOSS = 0.03
"""The same for log loss, as a share of the champion's."""
WARNING = frozenset({"calibration", "slices"})
"""Gates that a model may fail and still be used where there is no other."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One rule: its name, whether the challenger passed, and the figures in words."""

    name: str
    passed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gates say of a challenger; ``champion`` is the version it was compared with.

    ``alone``: there is no champion, or none that can be read.
    """

    champion: str | None
    gates: tuple[Gate, ...]
    alone: bool = False

    @property
    def failed(self) -> tuple[Gate, ...]:
        """The gates that were not passed."""
        return tuple(gate for gate in self.gates if not gate.passed)

    @property
    def promoted(self) -> bool:
        """All gates were passed; or what failed only warns, and there is no other model to use."""
        return not self.failed or (self.alone and {gate.name for gate in self.failed} <= WARNING)

    @property
    def warning(self) -> str | None:
        """What is wrong with a model that is used all the same."""
        if not self.failed or not self.promoted:
            return None
        return f"used although it failed {' and '.join(gate.name for gate in self.failed)}: there is no other"

    @property
    def reason(self) -> str:
        """One line: which gates held it back, or what all of them found."""
        words = "; ".join(f"{gate.name}: {gate.words}" for gate in self.failed or self.gates)
        return f"there is no other; {words}" if self.warning else words

    def with_gate(self, gate: Gate) -> "Decision":
        """The same with one gate more."""
        return replace(self, gates=(*self.gates, gate))

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "state": "champion" if self.promoted else "challenger",
            "champion_before": self.champion,
            "reason": self.reason,
            "warning": self.warning,
            "gates": [{"name": gate.name, "passed": gate.passed, "words": gate.words} for gate in self.gates],
        }


@dataclass(frozen=True, slots=True)
class Challenger:
    """A trained model with the window on which it is judged: its values there come from before it."""

    task: Task
    model: Model
    predictor: Predictor
    platt: Platt
    """Fitted on validation."""
    validation: Sequence[Sample]
    test: Sequence[Sample]
    known: int
    """Day up to which labels were known."""
    rate: float
    """Share of events in the training rows: what a model has to do better than."""

    @property
    def label(self) -> Floats:
        """Outcomes of the window."""
        return np.concatenate([sample.label for sample in self.test])

    @property
    def value(self) -> Floats:
        """Probabilities of the window."""
        return self.platt.apply(joined(self.predictor, self.test)[0])


def judge(challenger: Challenger, champion: Model | str | None) -> Decision:
    """All gates. ``champion`` is a text that says why it cannot be read, or nothing where there was none before."""
    label, value, cluster = challenger.label, challenger.value, clusters_of(challenger.test)
    version = champion.version if isinstance(champion, Model) else None
    gates = [_maturity(challenger), _sane(label, value, cluster, challenger.rate)]
    reason = champion.unreadable(challenger.test[0]) if isinstance(champion, Model) else champion
    before = None
    if not _are_probabilities(value):
        return Decision(version, tuple(gates))
    if isinstance(champion, Model) and reason is None:
        before = _value(champion, challenger)
        gates += [_newer(challenger, champion), _comparison(label, value, before, cluster)]
    elif reason is not None:
        gates.append(Gate("comparison", True, f"the champion cannot be compared: {reason}"))
    gates += [_calibration(label, value, cluster, before), _slices(challenger.test, label, value, before)]
    return Decision(version, tuple(gates), alone=before is None)


def _value(champion: Model, challenger: Challenger) -> Floats:
    """What the champion says of the window without having seen it."""
    horizon = challenger.task.horizon
    seen = any(abs(day - sample.view.day) < horizon for day in champion.split.test for sample in challenger.test)
    platt = champion.platt
    if seen:
        platt = fit_platt(*joined(champion.predictor, challenger.validation))
    return platt.apply(joined(champion.predictor, challenger.test)[0])


def _maturity(challenger: Challenger) -> Gate:
    """No label of any window may be looked at before late claims had time to arrive."""
    task, split = challenger.task, challenger.model.split
    days = (*split.train, *split.validation, *split.test)
    latest = max(days) + task.horizon + task.maturity
    unripe = sorted(day for day in days if day + task.horizon + task.maturity > challenger.known)
    ordered = max(split.train) + task.horizon <= min(split.validation) and (
        max(split.validation) + task.horizon <= min(split.test)
    )
    if unripe:
        words = f"{len(unripe)} windows have labels that are not mature yet"
    elif not ordered:
        words = "a window reaches into the next part"
    else:
        words = f"every label had matured by {date_of(latest)}"
    return Gate("maturity", not unripe and ordered, words)


def _newer(challenger: Challenger, champion: Model) -> Gate:
    """A champion that has learned from the window cannot be beaten on it, and an older view is no progress."""
    here = challenger.model.as_of
    if here < champion.as_of:
        return Gate("age", False, f"as of {here}, older than the champion's {champion.as_of}")
    return Gate("age", True, f"as of {here}, the champion's is {champion.as_of}")


def _comparison(label: Floats, value: Floats, before: Floats, cluster: NDArray[np.int64]) -> Gate:
    found = paired(label, value, before, cluster)
    margin = WORSE_LOG_LOSS * log_loss(label, before)
    passed = found.auc.low > -WORSE_AUC and found.log_loss.low > -margin
    words = (
        f"gain in AUC {found.auc}, to be above {-WORSE_AUC:.3f}; in log loss {found.log_loss}, "
        f"to be above {-margin:.4f} ({found.rows:,} rows, {int(label.sum()):,} events)"
    )
    if not passed and found.auc.high > 0 and found.log_loss.high > 0:
        words += "; the window is too small to tell them apart"
    return Gate("comparison", passed, words)


def _calibration(label: Floats, value: Floats, cluster: NDArray[np.int64], before: Floats | None) -> Gate:
    """Off only where the window shows it; and not held against a challenger that is better than the champion at it."""
    found = Calibration.of(label, value, cluster)
    words = str(found)
    if found.off and before is not None:
        used = Calibration.of(label, before, cluster)
        if used.off and used.excess >= found.excess and abs(used.slope - 1) >= abs(found.slope - 1):
            return Gate("calibration", True, f"off, but the champion is no less off: {words}; champion: {used}")
    return Gate("calibration", not found.off, words)


def _slices(test: Sequence[Sample], label: Floats, value: Floats, before: Floats | None) -> Gate:
    """The same for each region, payer and decile."""
    judged = slices_of(test, label, value)
    most = limit(len(judged))
    off = [one for one in judged if abs(one.z) > most]
    if before is not None and off:
        # Deciles of the champion are other rows; regions and payers are the same.
        used = {(one.kind, one.name): one for one in slices_of(test, label, before) if one.kind != "decile"}
        off = [one for one in off if not _no_less_off(used.get((one.kind, one.name)), one)]
    if off:
        told = ", ".join(_slice_words(one) for one in sorted(off, key=lambda one: -abs(one.z))[:3])
        return Gate("slices", False, f"{len(off)} of {len(judged)} off (|z| above {most:.1f}): {told}")
    beside = "" if before is None else ", or the champion is no less off"
    return Gate("slices", True, f"none of {len(judged)} off (|z| up to {most:.1f}{beside})")


def _no_less_off(champion: Slice | None, challenger: Slice) -> bool:
    return champion is not None and abs(champion.gap) >= abs(challenger.gap)


def _slice_words(one: Slice) -> str:
    rates = f", {one.observed / one.rows:.3f} for {one.expected / one.rows:.3f}" if one.told else ""
    return f"{one.kind} {one.name} (z {one.z:+.1f}{rates})"


def _sane(label: Floats, value: Floats, cluster: NDArray[np.int64], rate: float) -> Gate:
    """Finite, and not shown to lose to one number for all: the same for every model, whatever was in use before it.

    A twin without any model answers nothing, and the champion may have become as bad: only a loss beyond the margin
    counts.
    """
    if not _are_probabilities(value):
        return Gate("sanity", False, "some values are no probabilities")
    known = np.full(len(value), rate)
    found = paired(label, value, known, cluster)
    margin = WORSE_LOG_LOSS * log_loss(label, known)
    words = f"gain in log loss over one rate for all {found.log_loss}, its upper end to be above {-margin:.4f}"
    return Gate("sanity", found.log_loss.high > -margin, words)


def _are_probabilities(value: Floats) -> bool:
    return bool(np.isfinite(value).all() and value.min() >= 0 and value.max() <= 1)
