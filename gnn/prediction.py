"""What scoring produces: values with interval and reasons, ready to be written."""

import hashlib
from dataclasses import dataclass, field

from gnn.cohorts import CohortSegment
from gnn.policy_claims import Gap

MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: in words that name a node, the change of the value without it, and the node it points at."""

    label: str
    node: str
    text: str
    share: float
    data_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """One value. ``subject`` and ``plan`` are ids; ``label`` is the label of the subject.

    ``segment`` says what the subject is where only predictions are about it.
    """

    level: str
    label: str
    subject: str
    product: str
    plan: str | None
    value: float
    low: float
    high: float
    expected_starts: float | None = None
    saveable_starts: float | None = None
    main_barrier: str | None = None
    barrier_shares: tuple[float, ...] | None = None
    evidence_starts: int | None = None
    clinical_lead: float | None = None
    gap: Gap | None = None
    """Of a plan: what policies say beside what claims show, where that may be told."""
    reasons: tuple[Reason, ...] = field(default=())
    explained: bool = True
    """Whether its reasons were computed; where not, `twin explain` does so on request."""
    segment: CohortSegment | None = None

    def id(self, task: str) -> str:
        """Stable over runs: task, level and subjects."""
        text = "|".join((task, self.level, self.subject, self.product, self.plan or ""))
        return f"pred_{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def strongest(reasons: list[Reason], most: int = MOST_REASONS, least_share: float = 0.003) -> tuple[Reason, ...]:
    """Up to five reasons by the size of their effect; the strongest one is kept however small."""
    ordered = sorted(reasons, key=lambda reason: (-abs(reason.share), reason.node, reason.text))
    return tuple(
        reason for place, reason in enumerate(ordered[:most]) if place == 0 or abs(reason.share) >= least_share
    )
