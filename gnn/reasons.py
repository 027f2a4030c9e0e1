"""Effects of groups of features by neutralising them, and words for them."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gnn.model import Model
from gnn.samples import Sample
from gnn.view import Floats
from graph.disclosure.table import SMALLEST
from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import date_of

WORDS = {
    "COVERAGE": "coverage",
    "PA": "prior authorization",
    "STEP": "step therapy",
    "LIMIT": "quantity limits",
    "ELIGIBILITY": "eligibility",
    "COST": "cost at the counter",
    "OTHER": "no recorded reject",
}
ASKED = {
    "prior_authorization": "prior authorization",
    "step_therapy": "step therapy",
    "quantity_limit": "a quantity limit",
}


def effects(model: Model, sample: Sample, groups: Iterable[str], base: Floats | None = None) -> dict[str, Floats]:
    """Per group and row: the value minus the value with the group's features at their average. Deterministic."""
    whole = model.probability(sample) if base is None else base
    found = {}
    for group in groups:
        places = sample.features.places(group)
        values = sample.features.values.copy()
        values[:, places] = model.reference[places]
        found[group] = whole - model.probability(replace(sample, features=replace(sample.features, values=values)))
    return found


def points(share: float) -> str:
    """A difference of probabilities in points, with its sign."""
    return f"{100 * share:+.0f} points"


def told(count: int) -> str:
    """A count that may be of patients, in words: 1 to 10 are not told."""
    return f"fewer than {SMALLEST}" if 0 < count < SMALLEST else f"{count}"


def policy_words(snapshot: Snapshot, row: int, plan: str, brand: str) -> str:
    """What a coverage policy asks for, and since when."""
    table = snapshot.tables["policy"]
    asked = [words for name, words in ASKED.items() if table[name][row] == 1]
    tier = table["tier"][row]
    where = "" if np.isnan(tier) else f" on tier {tier:.0f}"
    since = f" since {date_of(table['effective_from'][row])}"
    if not asked:
        return f"{plan} covers {brand}{where} without restriction{since}"
    return f"{plan} requires {listed(asked)} for {brand}{where}{since}"


def listed(words: list[str]) -> str:
    """a; a and b; a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counts_words(lost: int, mature: int, barrier: str, period: str, beside: str) -> str:
    """How many mature starts of a period were lost, to what, and ``beside`` what, in words.

    Counts from 1 to 10 are not told, nor what gives them away.
    """
    if mature < SMALLEST:
        return f"{told(mature) if mature else 'no'} mature starts {period} are known here"
    mostly = f", mostly for {WORDS[barrier]}" if lost and barrier != "OTHER" else ""
    of = f"of {mature} mature starts {period} were not dispensed"
    if 0 < lost < SMALLEST:
        return f"{told(lost)} {of} ({beside}){mostly}"
    if 0 < mature - lost < SMALLEST:
        return f"all but {told(mature - lost)} {of} ({beside}){mostly}"
    return f"{lost} {of} ({lost / mature:.0%}, {beside}){mostly}"
