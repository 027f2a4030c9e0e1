"""Scoring access friction: values per HCP and plan, rolled up to plans, payers, accounts, territories and cohorts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gnn.barriers import SAVEABLE, barrier_mix
from gnn.cohorts import cohorts_of
from gnn.expected import Expected, expected_starts
from gnn.explain.chosen import highest, wanted
from gnn.explain.effect import Kind
from gnn.explain.friction import friction_effects
from gnn.features.friction import FrictionFeatures
from gnn.interval import interval, widened
from gnn.levels import COHORTS, account_of, territory_of
from gnn.model import Model
from gnn.policy_claims import Gap, gaps_of
from gnn.prediction import Prediction, Reason
from gnn.roll_ups import RollUps, choose_roll_ups
from gnn.samples import Sample
from gnn.score_words import FrictionWords
from gnn.spread import Spread
from gnn.told_starts import ToldStarts
from gnn.view import Floats, Integers, View
from graph.history.snapshot import Snapshot
from graph.schema.therapy import BARRIERS

MAIN_PLANS = 5
TYPICAL_HCPS = 50


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything known of the rows that roll-ups are made of."""

    cells: Expected
    value: Floats
    parts: NDArray[np.float64]
    """[row, barrier]: sum to ``value``."""
    effect: dict[Kind, Floats]
    spread: Spread
    mature: Integers
    lost: Integers
    features: FrictionFeatures


def score_friction(
    model: Model, snapshot: Snapshot, withholding: Collection[str] = (), only: Collection[str] | None = None
) -> list[Prediction]:
    """All predictions of the task as of the snapshot's day, in a fixed order.

    The prescribers whose ids are in ``withholding`` are in no roll-up. All roll-ups have reasons; of HCPs those of each
    product and territory with most starts that support could save, or those whose ids are in ``only``.
    """
    view = View(snapshot)
    mix = barrier_mix(view)
    rows = _rows(model, view, mix)
    left_out = np.isin(snapshot.column("hcp", "id"), list(withholding))
    told = choose_roll_ups(view, rows.cells, rows.mature, left_out)
    starts = ToldStarts(view, rows.cells, told)
    words = FrictionWords(view, rows.cells, told, starts)
    payer = np.where(told.payer, view.plan_payer[rows.cells.plan], -1)
    account = np.where(told.account, account_of(view)[rows.cells.hcp], -1)
    territory = np.where(told.territory, territory_of(view)[rows.cells.hcp], -1)
    return [
        *_by_hcp(view, rows, words, only),
        *_by_plan(model, view, rows, mix, words, told, gaps_of(view, starts)),
        *_by_group(view, rows, words, "payer", "Payer", payer),
        *_by_group(view, rows, words, "account", "Account", account),
        *_by_group(view, rows, words, "territory", "Territory", territory),
        *_by_cohort(view, rows, words, told),
    ]


def _rows(model: Model, view: View, mix: NDArray[np.float64]) -> Rows:
    cells = expected_starts(view)
    features = FrictionFeatures(view)
    sample = _sample(features, cells.hcp, cells.product, cells.plan)
    value = model.probability(sample)
    starts = view.starts
    used = starts.whole & starts.mature
    row = cells.rows_of(view, starts.hcp[used], starts.product[used], starts.plan[used])
    mature = np.bincount(row, minlength=len(cells.hcp))
    lost = np.bincount(row[starts.lost[used]], minlength=len(cells.hcp))
    parts = value[:, None] * mix[cells.plan, cells.product]
    spread = Spread(view, model.concentrations)
    return Rows(cells, value, parts, friction_effects(model, sample, features, value), spread, mature, lost, features)


def _sample(features: FrictionFeatures, hcp: Integers, product: Integers, plan: Integers) -> Sample:
    return Sample(features.view, hcp, product, plan, features.rows(hcp, product, plan), np.full(len(hcp), np.nan))


def _by_hcp(view: View, rows: Rows, words: FrictionWords, only: Collection[str] | None) -> list[Prediction]:
    """The five plans under which an HCP has most starts of a product known; ties go to the plan's id."""
    cells = rows.cells
    met = np.flatnonzero(cells.known > 0)
    # Rows of an HCP and product are in the order of plans.
    chosen = met[highest(cells.known[met], (cells.hcp * view.products + cells.product)[met], MAIN_PLANS)]
    saveable = cells.expected[chosen] * rows.parts[chosen][:, SAVEABLE].sum(axis=1)
    explained = np.zeros(len(rows.value), dtype=bool)
    explained[chosen] = wanted(view, saveable, cells.hcp[chosen], cells.product[chosen], only)
    low, high = interval(rows.value, rows.spread.of_rows(cells.hcp, cells.product, cells.plan))
    hcp, plan, product = (view.snapshot.column(name, "id") for name in ("hcp", "plan", "product"))
    return [
        _prediction(
            "hcp_plan", "HCP", str(hcp[cells.hcp[row]]), str(product[cells.product[row]]), rows.value[row],
            low[row], high[row], cells.expected[row], rows.parts[row], int(rows.mature[row]),
            plan=str(plan[cells.plan[row]]), reasons=words.of_row(rows, int(row)) if explained[row] else (),
            explained=bool(explained[row]),
        )
        for row in chosen
    ]  # fmt: skip


def _by_plan(
    model: Model,
    view: View,
    rows: Rows,
    mix: NDArray[np.float64],
    words: FrictionWords,
    told: RollUps,
    gaps: list[Gap],
) -> list[Prediction]:
    """Every plan and product; without any start, what typical HCPs would meet there.

    What may not be told has no evidence, which keeps it from every reader of roll-ups.
    """
    cells = rows.cells
    key = np.where(told.used, cells.plan * view.products + cells.product, -1)
    missing = np.setdiff1d(np.arange(view.plans * view.products), key)
    typical = _typical(model, rows.features, missing)
    beside = {(gap.plan, gap.product): gap for gap in gaps}
    found = []
    for code in range(view.plans * view.products):
        plan, product = divmod(code, view.products)
        inside = np.flatnonzero(key == code)
        if len(inside):
            value, expected = cells.mean(inside, rows.value[inside]), float(cells.expected[inside].sum())
        else:
            value, expected = typical[code], 0.0
        low, high = _around(rows, value, inside, rows.spread.sure("plan", plan, product))
        gap = beside.get((plan, product))
        found.append(
            _prediction(
                "plan", "Plan", str(view.snapshot.column("plan", "id")[plan]),
                str(view.snapshot.column("product", "id")[product]), value, low, high, expected,
                value * mix[plan, product], int(rows.mature[inside[told.plan[inside]]].sum()),
                reasons=words.of_plan(rows, inside, plan, product), gap=gap,
            )
        )  # fmt: skip
    return found


def _typical(model: Model, features: FrictionFeatures, codes: Integers) -> dict[int, float]:
    """Mean over HCPs spread evenly over the list, for plans and products that nobody wrote under."""
    view = features.view
    if not len(codes) or not view.hcps:
        return dict.fromkeys((int(code) for code in codes), 0.5)
    hcp = np.unique(np.linspace(0, view.hcps - 1, TYPICAL_HCPS).astype(np.int64))
    plan, product = np.divmod(np.repeat(codes, len(hcp)), view.products)
    value = model.probability(_sample(features, np.tile(hcp, len(codes)), product, plan))
    return dict(zip((int(code) for code in codes), value.reshape(len(codes), -1).mean(axis=1).tolist(), strict=True))


def _by_group(
    view: View, rows: Rows, words: FrictionWords, level: str, label: str, group: Integers
) -> list[Prediction]:
    """Of each payer, account or territory, [row]; -1 counts for none."""
    made = []
    for number, product, inside in _gathered(view, rows, group):
        reasons = words.of_group(rows, inside, level, product)
        subject, sure = str(view.snapshot.column(level, "id")[number]), rows.spread.sure(level, number, product)
        found = _rolled_up(view, rows, inside, level, label, subject, product, sure)
        made.append(replace(found, reasons=reasons, explained=bool(reasons)))
    return made


def _by_cohort(view: View, rows: Rows, words: FrictionWords, told: RollUps) -> list[Prediction]:
    """Of each cohort segment at each level."""
    cohorts, cells = cohorts_of(view), rows.cells
    made = []
    for name, level in COHORTS.items():
        counts = {"all": told.whole, "planKind": told.kind}.get(level, told.place)
        number_of = np.where(counts, cohorts.of(level, cells.hcp, cells.plan), -1)
        for number, product, inside in _gathered(view, rows, number_of):
            segment = cohorts.segment(level, number)
            sure = rows.spread.sure(name, number, product)
            found = _rolled_up(view, rows, inside, "cohort", "CohortSegment", segment.id, product, sure)
            reasons = words.of_group(rows, inside, "cohort", product)
            made.append(replace(found, segment=segment, reasons=reasons, explained=bool(reasons)))
    return made


def _gathered(view: View, rows: Rows, group: Integers) -> Iterator[tuple[int, int, Integers]]:
    """(group, product, its rows) of every group but -1."""
    key = np.where(group >= 0, group * view.products + rows.cells.product, -1)
    order = np.argsort(key, kind="stable")
    codes, first = np.unique(key[order], return_index=True)
    for code, inside in zip(codes.tolist(), np.split(order, first[1:]), strict=True):
        if code >= 0:
            number, product = divmod(code, view.products)
            yield number, product, inside


def _rolled_up(
    view: View, rows: Rows, inside: Integers, level: str, label: str, subject: str, product: int, sure: float
) -> Prediction:
    """The mean of rows, weighted by expected starts; ``sure`` is the concentration of the group's rate."""
    cells = rows.cells
    weight = cells.expected[inside]
    value = cells.mean(inside, rows.value[inside])
    low, high = _around(rows, value, inside, sure)
    return _prediction(
        level, label, subject, str(view.snapshot.column("product", "id")[product]), value, low, high,
        float(weight.sum()), np.average(rows.parts[inside], axis=0, weights=weight), int(rows.mature[inside].sum()),
    )  # fmt: skip


def _around(rows: Rows, value: float, inside: Integers, sure: float) -> tuple[float, float]:
    """The interval of a roll-up: of the group's own rate, and of who will write how much under which plan there."""
    rate = np.array([value])
    of_mix = rows.cells.variance_of_mean(inside, rows.value[inside]) if len(inside) else 0.0
    low, high = interval(rate, widened(rate, np.array([sure]), np.array([of_mix])))
    return float(low[0]), float(high[0])


def _prediction(
    level: str,
    label: str,
    subject: str,
    product: str,
    value: float,
    low: float,
    high: float,
    expected: float,
    parts: NDArray[np.float64],
    evidence: int,
    *,
    plan: str | None = None,
    reasons: tuple[Reason, ...] = (),
    explained: bool = True,
    gap: Gap | None = None,
) -> Prediction:
    base = Prediction(level, label, subject, product, plan, float(value), float(low), float(high))
    return replace(
        base,
        expected_starts=float(expected),
        saveable_starts=float(expected) * float(parts[SAVEABLE].sum()),
        main_barrier=BARRIERS[int(parts.argmax())],
        barrier_shares=tuple(float(part) for part in parts),
        evidence_starts=evidence,
        reasons=reasons,
        explained=explained,
        gap=gap,
    )
