"""Reasons against the causes that act on a subject by the world's own equations (`graph.world.contributions`).

A cause of adoption counts when it moves the weekly logit by at least .2, which is a fifth of the odds; one of friction
when it moves it by at least 2 points. Of each subject the five strongest count. One is found when it is among
the subject's five strongest reasons:

* a peer, by the reason that names this HCP; calls, specialty, own volume and experience by the reason of that kind;
* openness of territory and account by the reasons that name the territory and the account;
* access by a reason that names a main plan or a coverage policy; a change, by one that names a policy of this
  formulary.

``found_with_its_sign`` asks that the reason raise the value where the cause does. ``chance`` is what five reasons drawn
from the subject's candidates would find. Where there are hardly more candidates than five, ``found_in_as_many`` tells
more: the share found among as many reasons as there are causes.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.evaluation import matching
from bench.evaluation.worlds import Judged
from gnn.expected import expected_starts
from gnn.explain.adoption import AdoptionEffects
from gnn.explain.effect import Effect, Effects, Kind
from gnn.explain.friction import friction_effects
from gnn.features.friction import FrictionFeatures
from gnn.levels import account_of
from gnn.model import Model
from gnn.samples import adoption_rows, friction_rows, own_product
from gnn.view import Integers, View
from graph.world.adoption import NEVER
from graph.world.clock import WEEK
from graph.world.contributions import Cause, of_adoption, of_friction, strongest

MOST = 5
LEAST_LOGIT, LEAST_FRICTION = 0.2, 0.02
Named = set[tuple[Cause, int]]
Told = tuple[Named, bool]
"""What a reason names, and whether it raises the value."""


def judge_adoption(case: Judged, model: Model) -> dict[str, Any]:
    """Of HCPs that have not adopted and have a cause acting on them."""
    view = View(case.snapshot)
    sample = adoption_rows(view)
    if sample.adoption is None:
        raise ValueError("an adoption sample carries its features")
    place, day = matching.hcps(case), case.day(case.snapshot.day)
    week = day // WEEK + 1
    waiting = (case.world.adoption.week == NEVER) | (case.world.adoption.week >= week)
    hcp = np.flatnonzero(sample.adoption.at_risk & waiting[place])
    effects = AdoptionEffects(model, sample, sample.adoption).of(hcp)
    formulary = _formularies(case, view)
    causes = strongest(of_adoption(case.world, day), len(place), LEAST_LOGIT, MOST)

    def named(subject: int, one: Effect) -> Named:
        match one.kind:
            case Kind.PEER:
                return {("peer", int(place[one.node]))}
            case Kind.POLICY | Kind.CHANGE:
                return {("change", formulary[one.node]), ("access", subject)}
            case Kind.PLAN:
                return {("access", subject)}
            case _:
                return {(one.kind.value, subject)}  # type: ignore[arg-type]

    subjects = place[hcp].tolist()
    reasons = list(effects.by_subject(len(hcp)))
    return _shares(
        [causes[subject] for subject in subjects],
        [
            [(named(subject, one), one.value > 0) for one in found]
            for subject, found in zip(subjects, reasons, strict=True)
        ],
    )


def judge_friction(case: Judged, model: Model) -> dict[str, Any]:
    """Of rows of the own product, an HCP and a plan under which it wrote it."""
    view = View(case.snapshot)
    cells, own = expected_starts(view), own_product(view)
    rows = cells.product == own
    hcp, product, plan = cells.hcp[rows], cells.product[rows], cells.plan[rows]
    sample = friction_rows(view, hcp, product, plan, np.full(len(hcp), np.nan))
    values = friction_effects(model, sample, FrictionFeatures(view), model.probability(sample))
    nodes = {Kind.POLICY: view.policy[plan, product], Kind.PLAN: plan, Kind.ACCOUNT: account_of(view)[hcp]}
    effects = Effects.joined(
        [Effects.of_one_kind(kind, np.arange(len(hcp)), nodes.get(kind, hcp), value) for kind, value in values.items()]
    )
    at = matching.hcps(case)[hcp], matching.plans(case)[plan], matching.products(case)[product]
    found = of_friction(case.world, case.day(case.snapshot.day), *at)
    formulary = case.world.payers.plan_formulary[at[1]].tolist()
    person = at[0].tolist()

    def named(row: int, one: Effect) -> Named:
        match one.kind:
            case Kind.POLICY:
                return {("policy", formulary[row])}
            case Kind.CHANGE:
                return {("change", formulary[row])}
            case _:
                return {(one.kind.value, person[row])}  # type: ignore[arg-type]

    reasons = [
        [(named(row, one), one.value > 0) for one in ordered if one.value]
        for row, ordered in enumerate(effects.by_subject(len(hcp)))
    ]
    return _shares(strongest(found, len(hcp), LEAST_FRICTION, MOST), reasons)


def _formularies(case: Judged, view: View) -> dict[int, int]:
    """Row of a policy in force for the own product -> formulary of the world."""
    plans = matching.plans(case)
    policy: Integers = view.policy[:, own_product(view)]
    return {int(row): int(case.world.payers.plan_formulary[plans[plan]]) for plan, row in enumerate(policy) if row >= 0}


def _shares(causes: Sequence[list[tuple[Cause, int, bool]]], reasons: Sequence[list[Told]]) -> dict[str, Any]:
    """Mean over the subjects with a cause of the share found, and the share of each cause over all of them."""
    acting: Counter[str] = Counter()
    found: Counter[str] = Counter()
    shares, signed, alike, first, chance = [], [], [], [], []
    for acts, told in zip(causes, reasons, strict=True):
        wanted, named = [(cause, of) for cause, of, _ in acts], [one for one, _ in told]
        if not wanted:
            continue
        top = set().union(*named[:MOST])
        hits = [cause in top for cause in wanted]
        shares.append(np.mean(hits))
        signed.append(
            np.mean([any((cause, of) in one and up == adds for one, up in told[:MOST]) for cause, of, adds in acts])
        )
        short = set().union(*named[: len(wanted)])
        alike.append(np.mean([cause in short for cause in wanted]))
        first.append(any(wanted[0] in one for one in named[:MOST]))
        chance.append(min(1.0, MOST / max(1, len(named))))
        acting.update(cause for cause, _ in wanted)
        found.update(cause for (cause, _), hit in zip(wanted, hits, strict=True) if hit)
    return {
        "subjects": len(shares),
        "causes": sum(acting.values()) / max(1, len(shares)),
        "found": float(np.mean(shares)) if shares else float("nan"),
        "found_with_its_sign": float(np.mean(signed)) if signed else float("nan"),
        "found_in_as_many": float(np.mean(alike)) if alike else float("nan"),
        "strongest_found": float(np.mean(first)) if first else float("nan"),
        "chance": float(np.mean(chance)) if chance else float("nan"),
        "by_cause": {
            cause: {"acting": acting[cause], "found": found[cause] / acting[cause]} for cause in sorted(acting)
        },
    }
