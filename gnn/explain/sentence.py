"""One sentence per prediction: of what product and plan, how much, in which unit, until when."""

from collections.abc import Mapping
from dataclasses import dataclass

from gnn.prediction import Prediction
from gnn.reasons import WORDS
from gnn.tasks import ACCESS_FRICTION, ADOPTION
from graph.history.snapshot import Snapshot
from graph.history.snapshot_past import DISPENSED_WITHIN

HORIZONS: Mapping[str, int] = {
    "access_friction": ACCESS_FRICTION.horizon,
    "adoption": ADOPTION.horizon,
    "influence": ADOPTION.horizon,
}
"""Days after the day of the data."""
MEANING: Mapping[str, str] = {
    "access_friction": (
        f"Access friction is the share of the starts written in the next {ACCESS_FRICTION.horizon} days that are "
        f"expected not to be dispensed within {DISPENSED_WITHIN} days of writing."
    ),
    "adoption": (
        "Adoption is the chance that an HCP that has not prescribed the own product writes its first start within the "
        f"next {ADOPTION.horizon} days."
    ),
    "influence": (
        f"Influence is how many more starts other HCPs write in the next {ADOPTION.horizon} days when this HCP "
        "prescribes at its expected volume than when it does not: what the model says, not an identified cause."
    ),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What people call products and plans, by the twin's id."""

    brands: Mapping[str, str]
    plans: Mapping[str, str]

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Names":
        """As a snapshot knows them."""
        return cls(_named(snapshot, "product", "brand"), _named(snapshot, "plan", "name"))

    def brand(self, prediction: Prediction) -> str:
        """Of its product."""
        return self.brands.get(prediction.product) or prediction.product

    def plan(self, prediction: Prediction) -> str | None:
        """Of the plan that it is under."""
        return None if prediction.plan is None else self.plans.get(prediction.plan) or prediction.plan


def title(prediction: Prediction, names: Names) -> str:
    """Product, and plan where there is one."""
    plan = names.plan(prediction)
    return names.brand(prediction) if plan is None else f"{names.brand(prediction)} under {plan}"


def sentence(task: str, prediction: Prediction, names: Names) -> str:
    """The value with its 90 % interval, in words."""
    value, low, high = prediction.value, prediction.low, prediction.high
    days = HORIZONS[task]
    if task == "influence":
        amount = f"{value:+.2f} starts of others within {days} days (90 % interval {low:+.2f} to {high:+.2f})"
        return f"{title(prediction, names)}: {amount}"
    interval = f"(90 % interval {100 * low:.1f} to {100 * high:.1f} %)"
    if task == "adoption":
        return (
            f"{title(prediction, names)}: {100 * value:.1f} % chance to write the first start within {days} days "
            f"{interval}"
        )
    barrier = "" if prediction.main_barrier is None else f"; main barrier: {WORDS[prediction.main_barrier]}"
    return (
        f"{title(prediction, names)}: {100 * value:.1f} % of starts are expected not to be dispensed within "
        f"{DISPENSED_WITHIN} days {interval}{barrier}"
    )


def _named(snapshot: Snapshot, table: str, column: str) -> dict[str, str]:
    ids, names = snapshot.column(table, "id").tolist(), snapshot.column(table, column).tolist()
    return dict(zip(ids, names, strict=True))
