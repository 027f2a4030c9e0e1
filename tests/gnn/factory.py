"""A small synthetic snapshot with planted friction and contagion, built without files or a database."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from graph.history.snapshot import Snapshot
from graph.history.snapshot_tables import EVER, NEVER, day_of

FIRST = date(2024, 1, 1)


def tables(
    seed: int = 1, hcps: int = 160, plans: int = 8, days: int = 700, end: date | None = None
) -> dict[str, dict[str, Any]]:
    """Tables of a twin of ``hcps`` prescribers, two products and ``plans`` plans over ``days`` days."""
    random = np.random.default_rng(seed)
    first = day_of(FIRST)
    last = first + days if end is None else day_of(end)
    hcp = [f"hcp_{number:04d}" for number in range(hcps)]
    plan = [f"plan_{number:02d}" for number in range(plans)]
    account = [f"acc_{number:02d}" for number in range(max(2, hcps // 12))]
    at = random.integers(0, len(account), hcps)
    strict = random.normal(-0.4, 1.0, plans)
    needs_pa = np.arange(plans) % 2 == 0
    skill = random.normal(0, 0.7, len(account))
    volume = random.gamma(2.0, 2.0, hcps) + 1.0  # starts per 91 days
    source, target = _ties(random, at, hcps)
    starts: dict[str, list[Any]] = {
        name: []
        for name in (
            "id", "hcp", "product", "plan", "written_on", "known_at", "superseded_at",
            "paid_on", "paid_known_at", "reversed_on", "reversed_known_at",
        )
    }  # fmt: skip
    rejects: dict[str, list[Any]] = {"start": [], "position": [], "barrier": [], "known_at": []}
    adopted = random.random(hcps) < 0.06
    mix = random.dirichlet(np.full(plans, 0.6), hcps)
    for day in range(first, last, 7):
        strength = np.bincount(target, weights=adopted[source] * volume[source], minlength=hcps)
        hazard = 1 / (1 + np.exp(8.0 - 1.1 * np.log1p(strength)))
        adopted = adopted | (random.random(hcps) < hazard)
        for product, share in (("own", 0.5), ("other", 1.0)):
            active = adopted if product == "own" else np.ones(hcps, dtype=bool)
            for writer in np.flatnonzero(random.poisson(volume * share / 13) * active):
                chosen = int(random.choice(plans, p=mix[writer]))
                harder = product == "own"
                logit = strict[chosen] + needs_pa[chosen] * harder - skill[at[writer]] - 0.3
                failed = random.random() < 1 / (1 + np.exp(-logit))
                written = day + int(random.integers(0, 7))
                known = written + 1 + int(random.exponential(4))
                name = f"start_{len(starts['id']):06d}"
                paid = NEVER if failed else written + int(random.integers(0, 20))
                for column, value in zip(
                    starts,
                    (
                        name, hcp[writer], product, plan[chosen], written, known, NEVER,
                        paid, NEVER if failed else max(known, paid + 2), NEVER, NEVER,
                    ),
                    strict=True,
                ):  # fmt: skip
                    starts[column].append(value)
                if failed:
                    barrier = "PA" if needs_pa[chosen] and harder else str(random.choice(["STEP", "LIMIT", "COVERAGE"]))
                    for column, value in zip(rejects, (name, 0, barrier, known), strict=True):
                        rejects[column].append(value)
    policies = _policies(plans, needs_pa, first)
    return {
        "product": {
            "id": ["own", "other"],
            "brand": ["Ownira", "Othera"],
            "own": [1, 0],
            "launched_on": [first, first - 2000],
        },
        "hcp": {
            "id": hcp,
            "npi": [f"19999{number:05d}" for number in range(hcps)],
            "taxonomy": [("A", "B", "C")[number % 3] for number in range(hcps)],
            "state": [("NY", "TX")[at[number] % 2] for number in range(hcps)],
            "sex": [("F", "M")[number % 2] for number in range(hcps)],
            "enumerated_on": [first - 4000 + number for number in range(hcps)],
            "known_at": [first] * hcps,
        },
        "account": {
            "id": account,
            "name": [f"Clinic {name}" for name in account],
            "kind": [("Hospital", "Nursing home")[number % 3 == 2] for number in range(len(account))],
            "known_at": [first] * len(account),
        },
        "territory": {"id": ["ter_0", "ter_1"], "name": ["North", "South"]},
        "payer": {"id": ["pay_0", "pay_1"], "name": ["Payer zero", "Payer one"]},
        "plan": {
            "id": plan,
            "name": [f"Plan {number}" for number in range(plans)],
            "kind": [("PDP", "MA")[number % 4 == 3] for number in range(plans)],
            "payer": [f"pay_{number % 2}" for number in range(plans)],
        },
        "policy": policies,
        "plan_policy": {
            "plan": [plan[number % plans] for number in range(len(policies["id"]))],
            "policy": policies["id"],
            "known_at": policies["known_at"],
        },
        "affiliation": {
            "hcp": hcp,
            "account": [account[place] for place in at],
            "known_at": [EVER] * hcps,
            "ended_at": [NEVER] * hcps,
        },
        "alignment": {
            "hcp": hcp,
            "territory": [f"ter_{place % 2}" for place in at],
            "from": [first] * hcps,
            "to": [NEVER] * hcps,
        },
        "share": {
            "source": [hcp[number] for number in source],
            "target": [hcp[number] for number in target],
            "year": [2023] * len(source),
            "patients": random.integers(11, 60, len(source)).tolist(),
            "known_at": [first] * len(source),
        },
        "start": starts,
        "reject": rejects,
        **_promotion(seed, hcp, first, last),
        **_leadership(seed, hcp, at, first),
    }


def snapshot(seed: int = 1, **sizes: Any) -> Snapshot:
    """The tables of `tables` as known on the last day."""
    days = sizes.get("days", 700)
    return Snapshot.of(day_of(FIRST + timedelta(days=days)), tables(seed, **sizes))


def _promotion(seed: int, hcp: list[str], first: int, last: int) -> dict[str, dict[str, list[Any]]]:
    """Calls and messages, and every 28 days a lottery among a fifth of the prescribers; neither moves anybody."""
    random = np.random.default_rng([seed, 1])
    calls: list[tuple[Any, ...]] = []
    draws: list[tuple[Any, ...]] = []
    for day in range(first, last, 28):
        for name in random.choice(hcp, len(hcp) // 4):
            calls.append((f"int_{len(calls):05d}", str(name), int(random.random() < 0.3), day))
        for name in random.choice(hcp, len(hcp) // 5, replace=False):
            shown = bool(random.random() < 0.6)
            arm, chance = ("treatment", 0.6) if shown else ("control", 0.4)
            draws.append((f"sug_{len(draws):05d}", str(name), "own", arm, chance, day))
    return {
        "call": dict(zip(("id", "hcp", "email", "occurred_on"), map(list, zip(*calls, strict=True)), strict=True)),
        "suggestion": dict(
            zip(
                ("id", "hcp", "product", "arm", "propensity", "suggested_on"),
                map(list, zip(*draws, strict=True)),
                strict=True,
            )
        ),
    }


def _leadership(seed: int, hcp: list[str], at: Any, first: int) -> dict[str, dict[str, list[Any]]]:
    """A third of the prescribers name two of their account in one study; a tenth has written about its work."""
    random = np.random.default_rng([seed, 2])
    named: list[tuple[Any, ...]] = []
    works: list[tuple[Any, ...]] = []
    for asked in sorted(random.choice(len(hcp), len(hcp) // 3, replace=False)):
        others = [other for other in np.flatnonzero(at == at[asked]) if other != asked]
        chosen = sorted(others, key=lambda other: (other % 5, other))[:2]
        named.extend((hcp[asked], hcp[other], "study_1", "1", 1.0, first + 40 + int(asked) % 30) for other in chosen)
    for writer in sorted(random.choice(len(hcp), len(hcp) // 10, replace=False)):
        score = float(random.choice([0.55, 0.95]))
        works.append(
            (f"sci_{len(works):04d}", hcp[writer], "publication", score, first + int(random.integers(30, 300)))
        )
    return {
        "nomination": dict(
            zip(
                ("source", "target", "study", "wave", "weight", "answered_on"),
                map(list, zip(*named, strict=True)),
                strict=True,
            )
        ),
        "science": dict(
            zip(("id", "hcp", "kind", "score", "known_at"), map(list, zip(*works, strict=True)), strict=True)
        ),
    }


def _ties(random: np.random.Generator, at: Any, hcps: int) -> tuple[Any, Any]:
    same = (at[:, None] == at[None, :]) & ~np.eye(hcps, dtype=bool)
    far = random.random((hcps, hcps)) < 3 / hcps
    near = same & (random.random((hcps, hcps)) < 0.35)
    source, target = np.nonzero((near | far) & ~np.eye(hcps, dtype=bool))
    return source, target


def _policies(plans: int, needs_pa: Any, first: int) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {
        name: []
        for name in (
            "id", "product", "tier", "prior_authorization", "step_therapy", "quantity_limit",
            "effective_from", "effective_to", "known_at", "end_known_at",
        )
    }  # fmt: skip
    for product in ("own", "other"):
        for number in range(plans):
            own = product == "own"
            values = (
                f"pol_{product}_{number:02d}", product, 3, int(needs_pa[number] and own), int(number % 3 == 0), 0,
                first, NEVER, first, NEVER,
            )  # fmt: skip
            for column, value in zip(rows, values, strict=True):
                rows[column].append(value)
    return rows
