"""The report on the peer effect of a product: estimates both ways along the ties, the verdict, the audit."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from gnn.peer_effect.audit import Audit, audit
from gnn.peer_effect.estimate import Estimate, estimate
from gnn.peer_effect.panel import Panel
from gnn.peer_effect.twin import FOLLOWED, FOLLOWS, WINDOW, course_of
from gnn.peer_effect.verdict import Judgement, Verdict, judge
from graph.errors import ModelError
from graph.history.snapshot import Snapshot
from graph.history.snapshot_read import read_snapshot
from graph.history.snapshot_tables import date_of
from graph.settings import Settings
from graph.store import open_store


@dataclass(frozen=True, slots=True)
class PeerEffectReport:
    """What is known of the effect of peers on the adoption of one product, as of a day.

    Effects are differences in the chance to adopt within a window of ``window_days``, had all peers adopted before it
    instead of none. ``judgement`` is about those to whom an HCP sends patients; ``reverse`` and its
    judgement about those it receives patients from.
    """

    product: str
    as_of: date
    window_days: int
    windows: int
    first: date
    last: date
    effect: Estimate
    judgement: Judgement
    reverse: Estimate
    reverse_judgement: Judgement
    audit: Audit

    def as_json(self) -> dict[str, Any]:
        """Plain values; infinite ends of intervals are null."""
        values: dict[str, Any] = _plain(asdict(self))
        values["verdict"] = str(self.judgement.verdict)
        for name, found in (("effect", self.effect), ("reverse", self.reverse)):
            if found.instrumented is not None:
                values[name]["instrumented"]["strength"] = found.instrumented.strength
        return values


@dataclass(frozen=True, slots=True)
class PeerVerdict:
    """How far the effect of peers on the adoption of a product is known, and why in one sentence."""

    verdict: Verdict
    reason: str


def report_peer_effect(settings: Settings, product: str, as_of: date | None = None) -> PeerEffectReport:
    """Read the twin and report; the product is named by id or brand."""
    with open_store(settings) as store:
        return peer_effect(read_snapshot(store, settings, as_of), product)


def peer_verdict(snapshot: Snapshot, product: str) -> PeerVerdict:
    """The verdict of `peer_effect` alone; where too little is known to estimate anything it is *not identified*."""
    try:
        found = judge(estimate(course_of(snapshot, product).course, FOLLOWS))
    except ModelError as error:
        return PeerVerdict(Verdict.NOT_IDENTIFIED, str(error))
    return PeerVerdict(found.verdict, found.reason)


def peer_effect(snapshot: Snapshot, product: str) -> PeerEffectReport:
    """Report on a snapshot."""
    told = course_of(snapshot, product)
    effect = estimate(told.course, FOLLOWS)
    reverse = estimate(told.course, FOLLOWED)
    return PeerEffectReport(
        product=str(snapshot.column("product", "brand")[told.place]),
        as_of=snapshot.as_of,
        window_days=WINDOW,
        windows=told.course.windows,
        first=date_of(told.first),
        last=date_of(told.last),
        effect=effect,
        judgement=judge(effect),
        reverse=reverse,
        reverse_judgement=judge(reverse),
        audit=audit(Panel(told.course, FOLLOWS)),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
