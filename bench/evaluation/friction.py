"""Access friction against oracle B: the exact chance of each start under the world's parameters."""

from typing import Any

import numpy as np
from scipy.stats import spearmanr

from bench.evaluation import matching
from bench.evaluation.adoption import MODELS
from bench.evaluation.figures import auc, calibration_floor, paired, slope, worst_slice
from bench.evaluation.worlds import Judged
from gnn.cohorts import cohorts_of
from gnn.levels import COHORTS, account_of, territory_of
from gnn.metrics import metrics
from gnn.model import Model
from gnn.predictors import joined
from gnn.samples import Sample
from gnn.score_friction import score_friction
from gnn.strictness import strictness
from gnn.tasks import ACCESS_FRICTION
from gnn.train import Learned
from gnn.view import View
from graph.disclosure.table import SMALLEST
from graph.history.snapshot_tables import day_of
from graph.world.access import exact_friction, odds
from graph.world.adoption import NEVER
from graph.world.clock import WEEK
from graph.world.dynamics import SWITCH
from graph.world.products import OWN

LEVELS = ("hcp_plan", "plan", "payer", "account", "territory", *COHORTS)


def judge(case: Judged, found: Learned, model: Model) -> dict[str, Any]:
    """Every model and the oracle on the test window; roll-ups as of the end beside their exact rates."""
    label = np.concatenate([sample.label for sample in found.test])
    oracle = np.concatenate([_exact(case, sample, _written(case, sample)) for sample in found.test])
    group = np.concatenate(
        [matching.hcps(Judged(case.world, sample.view.snapshot))[sample.hcp] for sample in found.test]
    )
    group = case.world.hcps.account[group]
    value = {name: found.calibrated[name].apply(joined(found.candidates[name], found.test)[0]) for name in MODELS}
    used = value[found.promoted]
    best = auc(label, oracle)
    state = np.concatenate([sample.view.codes("hcp", "state")[sample.hcp] for sample in found.test])
    payer = np.concatenate([sample.view.plan_payer[sample.plan] for sample in found.test])
    decile = np.argsort(np.argsort(used, kind="stable")) * 10 // len(used)
    checked = [worst_slice(label, used, one) for one in (state, payer, decile)]
    gain = paired(label, value["ensemble"], value["lightgbm"], group)
    return {
        "rows": len(label),
        "events": int(label.sum()),
        "auc": {name: auc(label, one) for name, one in value.items()} | {"oracle": best},
        "promoted": found.promoted,
        "below_oracle": best - auc(label, used),
        "gain": {"auc": gain.gain, "error": gain.error, "p": gain.p},
        "payers": _payers(case),
        "ece": metrics(label, used)["ece"],
        "ece_floor": calibration_floor(used),
        "slope": slope(label, used),
        "slices": {"checked": sum(count for count, _ in checked), "worst_z": max(worst for _, worst in checked)},
        "error_of_rows": float(np.abs(used - oracle).mean()),
        "intervals": _intervals(case, model),
    }


def _written(case: Judged, sample: Sample) -> np.ndarray[Any, Any]:
    """[row]: the day on which the start of a row was written, in the order of `friction_sample`."""
    whole, day = View(case.snapshot), sample.view.day
    starts, table = whole.starts, case.snapshot.tables["start"]
    chosen = starts.proven & (starts.written > day) & (starts.written <= day + ACCESS_FRICTION.horizon)
    known = np.ones(int(chosen.sum()), dtype=bool)
    for column in ("hcp", "product", "plan"):
        known &= sample.view.snapshot.positions(column, table[column][chosen]) >= 0
    return np.asarray(starts.written[chosen][known])


def _exact(case: Judged, sample: Sample, written: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    world = case.world
    # What the world calls editions begin on days of its own calendar.
    day = written - day_of(world.clock.start)
    edition = np.maximum(np.searchsorted(np.array(world.clock.editions), day, side="right") - 1, 0)
    # Rows are numbered by the sample's own, earlier snapshot.
    hcp = matching.hcps(Judged(world, sample.view.snapshot))[sample.hcp]
    plan = matching.plans(Judged(world, sample.view.snapshot))[sample.plan]
    product = matching.products(Judged(world, sample.view.snapshot))[sample.product]
    return np.asarray(exact_friction(odds(world.hcps, world.payers, world.policies, hcp, plan, product, edition)).value)


def _payers(case: Judged) -> float:
    """Spearman of the payers' true strictness with the one that the twin tells."""
    strictness_of = dict(zip(case.world.payers.name, case.world.payers.strictness.tolist(), strict=True))
    true = np.array([strictness_of[name] for name in case.snapshot.column("payer", "name").tolist()])
    found = strictness(View(case.snapshot))
    seen = found.rejects > 0
    return float(spearmanr(true[seen], found.logit[seen])[0])


def _intervals(case: Judged, model: Model) -> dict[str, dict[str, float]]:
    """Per level: share of 90 % intervals that cover the exact rate, mean width, mean error.

    Of all HCPs under their main plans, and of roll-ups that readers may be told.
    """
    snapshot = case.snapshot
    rates = _rates(case)
    found: dict[str, list[tuple[float, float, float, float]]] = {level: [] for level in LEVELS}
    product_of = dict(zip(snapshot.column("product", "id").tolist(), matching.products(case).tolist(), strict=True))
    for prediction in score_friction(model, snapshot):
        level = prediction.level if prediction.segment is None else f"cohort {prediction.segment.level}"
        subject = f"{prediction.subject} {prediction.plan}" if level == "hcp_plan" else prediction.subject
        true = rates.get((level, subject, product_of[prediction.product]))
        told = level == "hcp_plan" or (prediction.evidence_starts or 0) >= SMALLEST
        if level in found and true is not None and told:
            found[level].append((prediction.value, prediction.low, prediction.high, true))
    result = {}
    for level, rows in found.items():
        if not rows:
            continue
        value, low, high, true = np.array(rows).T
        result[level] = {
            "n": len(rows),
            "covers": float(((low <= true) & (true <= high)).mean()),
            "width": float((high - low).mean()),
            "error": float(np.abs(value - true).mean()),
        }
    return result


def _rates(case: Judged) -> dict[tuple[str, str, int], float]:
    """(level, subject id, product of the world) -> exact friction of the starts expected now."""
    world, view = case.world, View(case.snapshot)
    edition = world.clock.edition_at(world.clock.days - 1)
    hcp_row = np.full(len(world.hcps.npi), -1)
    hcp_row[matching.hcps(case)] = np.arange(view.hcps)
    plan_row = np.full(len(world.payers.plan_name), -1)
    plan_row[matching.plans(case)] = np.arange(view.plans)
    adopted = (world.adoption.week != NEVER) & (world.adoption.week <= world.clock.days // WEEK)
    account, territory = account_of(view), territory_of(view)
    plan, hcp = plan_row[world.mix.plan], hcp_row[world.mix.hcp]
    cohorts = cohorts_of(view)
    hcp_ids, plan_ids = view.snapshot.column("hcp", "id").tolist(), view.snapshot.column("plan", "id").tolist()
    groups = {
        "plan": (plan, plan_ids),
        "payer": (np.where(plan >= 0, view.plan_payer[plan], -1), view.snapshot.column("payer", "id")),
        "account": (account[hcp], view.snapshot.column("account", "id")),
        "territory": (territory[hcp], view.snapshot.column("territory", "id")),
        **{
            name: (
                np.where((plan >= 0) & (hcp >= 0), cohorts.of(level, hcp, plan), -1),
                [cohorts.segment(level, number).id for number in range(cohorts.count(level))],
            )
            for name, level in COHORTS.items()
        },
    }
    rates = {}
    for product in range(len(matching.products(case))):
        own = world.dynamics.own_rate * adopted
        weekly = own if product == OWN else world.dynamics.other_rate * (1 - SWITCH * adopted)
        weight = weekly[world.mix.hcp] * world.mix.share
        exact = world.friction_of(product, edition).value
        for pair in np.flatnonzero((plan >= 0) & (hcp >= 0)).tolist():
            rates["hcp_plan", f"{hcp_ids[hcp[pair]]} {plan_ids[plan[pair]]}", product] = float(exact[pair])
        for level, (group, ids) in groups.items():
            used = (group >= 0) & (weight > 0)
            total = np.bincount(group[used], weight[used], minlength=len(ids))
            lost = np.bincount(group[used], (weight * exact)[used], minlength=len(ids))
            for row in np.flatnonzero(total > 0):
                rates[level, str(ids[row]), product] = float(lost[row] / total[row])
    return rates
