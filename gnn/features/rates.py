"""Friction seen so far: rates of lost starts by plan, payer, policy, account and prescriber, as of the day.

Only mature starts of the last year count, except in what is called recent. ``excess`` is what remains after the
rate expected of the plan and product: positive where access is harder than there.
"""

from dataclasses import dataclass

import numpy as np

from gnn.features.matrix import smoothed
from gnn.view import Booleans, Floats, Integers, View, counted, row_normalised

WINDOW = 365
RECENT = 60
BY_PRODUCT = 20.0
"""Starts of average friction that a product's own rate is smoothed with."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Tables of rates; ``[plan, product]`` unless said otherwise."""

    overall: float
    """Of all starts."""
    product: Floats
    """[product]."""
    payer: Floats
    """[payer + 1, product]; the last row is for plans without a payer."""
    plan: Floats
    plan_count: Floats
    alike: Floats
    """Rate under all policies with the same rules for the product."""
    outside: Floats
    """What the rules for the product and the payer lead to expect."""
    since: Floats
    """Rate since the policy in force began."""
    since_count: Floats
    recent_reject: Floats
    recent_open: Floats
    hcp: Floats
    """[hcp]."""
    hcp_excess: Floats
    hcp_count: Floats
    by_account: Floats
    """[account, 3]: excess, that where prior authorization is required, and mature starts."""
    account_excess: Floats
    """[hcp]: over the accounts of the HCP."""
    account_pa_excess: Floats
    account_count: Floats
    peer_excess: Floats
    territory_excess: Floats
    specialty_excess: Floats


def rules(view: View) -> Floats:
    """[plan, product, 5]: those of the policies in force, as columns of `rules_of`."""
    return rules_of(view, view.policy)


def rules_of(view: View, row: Integers) -> Floats:
    """[..., 5] of policies by row, or -1: prior authorization, step therapy, quantity limit, tier, no policy known."""
    table = view.snapshot.tables["policy"]
    if len(table["id"]):
        columns = ("prior_authorization", "step_therapy", "quantity_limit", "tier")
        values = np.stack([np.nan_to_num(table[name][row]) for name in columns], axis=-1)
    else:
        values = np.zeros((*row.shape, 4))
    missing = row < 0
    values[missing] = 0.0
    return np.concatenate([values, missing[..., None].astype(float)], axis=-1)


def policy_began(view: View) -> Integers:
    """[plan, product]: day the policy in force began; far in the past where none is known."""
    table = view.snapshot.tables["policy"]
    if not len(table["id"]):
        return np.full(view.policy.shape, -(10**6), dtype=np.int64)
    return np.where(view.policy >= 0, table["effective_from"][view.policy].astype(np.int64), -(10**6))


@dataclass(frozen=True, slots=True)
class Met:
    """Starts of a year and those of them that were lost, [plan, product]: under the policy in force, and before it."""

    count: Floats
    lost: Floats
    earlier_count: Floats
    earlier_lost: Floats


@dataclass(frozen=True, slots=True)
class PlanRates:
    """What starts of a year say of plans, smoothed; tables as in `Rates`."""

    overall: float
    product: Floats
    payer: Floats
    plan: Floats
    alike: Floats
    outside: Floats
    since: Floats
    earlier: Floats
    """Rate under the policies before the one in force."""

    def expected(self, plan: Integers, product: Integers, now: Booleans) -> Floats:
        """[start]: the rate that its plan leads to expect, under the policy of its day."""
        return np.where(now, self.since[plan, product], self.earlier[plan, product])


def plan_rates(view: View, met: Met) -> PlanRates:
    """The rates that counts of plans lead to."""
    count, events = met.count + met.earlier_count, met.lost + met.earlier_lost
    overall = float((events.sum() + 1.0) / (count.sum() + 2.0))
    by_product = np.asarray(smoothed(events.sum(axis=0), count.sum(axis=0), overall, BY_PRODUCT))
    payer_of = np.where(view.plan_payer >= 0, view.plan_payer, view.payers)
    sums = np.zeros((2, view.payers + 1, view.products))
    np.add.at(sums[0], payer_of, events)
    np.add.at(sums[1], payer_of, count)
    by_payer = np.asarray(smoothed(sums[0], sums[1], by_product, 20.0))
    same = alike(view, met.lost, met.count, by_product)
    outside = np.clip(same + 0.5 * (by_payer[payer_of] - by_product), 0.01, 0.99)
    return PlanRates(
        overall=overall,
        product=by_product,
        payer=by_payer,
        plan=np.asarray(smoothed(events, count, by_payer[payer_of], 10.0)),
        alike=same,
        outside=outside,
        since=np.asarray(smoothed(met.lost, met.count, outside, 10.0)),
        earlier=np.asarray(smoothed(met.earlier_lost, met.earlier_count, by_payer[payer_of], 10.0)),
    )


def rates(view: View) -> Rates:
    """All rates of a snapshot, computed once for each view of it."""
    return view.once(_rates)


def _rates(view: View) -> Rates:
    starts = view.starts
    used = starts.whole & starts.mature & (starts.written > view.day - WINDOW)
    hcp, product, plan = (values[used] for values in (starts.hcp, starts.product, starts.plan))
    lost = starts.lost[used]
    shape = (view.plans, view.products)
    now = starts.written[used] >= policy_began(view)[plan, product]
    count, events = counted(shape, (plan, product)), counted(shape, (plan, product), lost)
    since_count = counted(shape, (plan[now], product[now]))
    since_lost = counted(shape, (plan[now], product[now]), lost[now])
    found = plan_rates(view, Met(since_count, since_lost, count - since_count, events - since_lost))
    residual: Floats = lost - found.expected(plan, product, now)
    restricted = now & (rules(view)[plan, product, 0] > 0)
    return Rates(
        overall=found.overall,
        product=found.product,
        payer=found.payer,
        plan=found.plan,
        plan_count=count,
        alike=found.alike,
        outside=found.outside,
        since=found.since,
        since_count=since_count,
        **_recent(view, found.since),
        **_people(view, hcp, lost, residual, restricted, found.overall),
    )


def alike(view: View, events: Floats, count: Floats, by_product: Floats) -> Floats:
    """[plan, product]: smoothed rate over all plans with equal rules for the product."""
    kind = alike_plans(view).ravel()
    product = np.tile(np.arange(view.products), view.plans)
    total = counted(int(kind.max(initial=-1)) + 1, kind, events.ravel())
    trials = counted(int(kind.max(initial=-1)) + 1, kind, count.ravel())
    own = smoothed(total[kind], trials[kind], by_product[product], 15.0)
    return np.asarray(own).reshape(view.plans, view.products)


def alike_plans(view: View) -> Integers:
    """[plan, product]: one number for all plans with equal rules for the product."""
    flat = rules(view).reshape(-1, 5)
    product = np.tile(np.arange(view.products), view.plans)
    kind = np.unique(np.column_stack([flat, product]), axis=0, return_inverse=True)[1]
    return np.asarray(kind).reshape(view.plans, view.products)


def _recent(view: View, since: Floats) -> dict[str, Floats]:
    starts = view.starts
    used = starts.whole & (starts.written > view.day - RECENT) & (starts.written <= view.day - 7)
    plan, product = starts.plan[used], starts.product[used]
    shape = (view.plans, view.products)
    count = counted(shape, (plan, product))
    average = (starts.rejected[used].sum() + 1.0) / (used.sum() + 2.0)
    rejected = smoothed(counted(shape, (plan, product), starts.rejected[used]), count, average, 8.0)
    lost = smoothed(counted(shape, (plan, product), starts.lost[used]), count, since, 8.0)
    return {"recent_reject": np.asarray(rejected), "recent_open": np.asarray(lost)}


def _people(
    view: View, hcp: Integers, lost: Booleans, residual: Floats, restricted: Booleans, overall: float
) -> dict[str, Floats]:
    count = counted(view.hcps, hcp)
    gap = counted(view.hcps, hcp, residual)
    pa_count = counted(view.hcps, hcp[restricted])
    pa_gap = counted(view.hcps, hcp[restricted], residual[restricted])
    to_account = view.at_account.T

    def excess(groups: object, gaps: Floats, counts: Floats, strength: float) -> Floats:
        return np.asarray((groups @ gaps) / ((groups @ counts) + strength))  # type: ignore[operator]

    by_account = np.stack(
        [excess(to_account, gap, count, 15.0), excess(to_account, pa_gap, pa_count, 10.0), to_account @ count], axis=1
    )
    account = row_normalised(view.at_account) @ by_account
    mutual = row_normalised((view.ties + view.ties.T).tocsr())
    specialty = view.codes("hcp", "taxonomy")
    kinds = int(specialty.max(initial=-1)) + 1
    by_specialty = counted(kinds, specialty, gap) / (counted(kinds, specialty, count) + 30.0)
    aligned = row_normalised(view.in_territory)
    return {
        "hcp": np.asarray(smoothed(counted(view.hcps, hcp, lost), count, overall, 5.0)),
        "hcp_excess": gap / (count + 5.0),
        "hcp_count": count,
        "by_account": by_account,
        "account_excess": account[:, 0],
        "account_pa_excess": account[:, 1],
        "account_count": account[:, 2],
        "peer_excess": excess(mutual, gap, count, 1.0),
        "territory_excess": np.asarray(aligned @ excess(view.in_territory.T, gap, count, 30.0)),
        "specialty_excess": by_specialty[specialty],
    }
