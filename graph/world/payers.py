"""Payers, their formularies and plans, and which plans cover which territory."""

from dataclasses import dataclass

import numpy as np

from graph.world import names
from graph.world.arrays import Floats, Integers
from graph.world.places import STATES, Territories
from graph.world.settings import WorldSettings
from graph.world.streams import stream

PAYERS, PLANS = 12, 40


@dataclass(frozen=True, slots=True)
class Payers:
    """The payers (contract names), their formularies and plans."""

    name: tuple[str, ...]
    strictness: Floats
    """Latent theta of each payer: how hard it makes access."""
    formulary_id: tuple[str, ...]
    formulary_payer: Integers
    plan_id: tuple[str, ...]
    """CONTRACT_ID-PLAN_ID-SEGMENT_ID."""
    plan_name: tuple[str, ...]
    plan_payer: Integers
    plan_formulary: Integers
    plan_region: Integers
    """Index into STATES: where the plan is filed."""
    presence: Floats
    """[territory, plan]: share of the patients of a territory in each plan; rows sum to 1."""

    @property
    def payer_share(self) -> Floats:
        """Share of all patients by payer."""
        by_plan = self.presence.mean(axis=0)
        return np.bincount(self.plan_payer, weights=by_plan, minlength=len(self.name)).astype(np.float64)


def make_payers(settings: WorldSettings, territories: Territories) -> Payers:
    random = stream(settings.seed, "payers")
    title = names.words(random, PAYERS, 3)
    # Every payer has two plans; the sixteen others go round, so that sizes differ.
    plan_count = [2] * PAYERS
    for extra in range(PLANS - 2 * PAYERS):
        plan_count[extra * 5 % PAYERS if extra < PAYERS else extra % 4] += 1
    weight = np.array(plan_count) * np.exp(random.normal(0.0, 0.45, PAYERS))
    formulary_payer: list[int] = []
    plan_payer: list[int] = []
    plan_formulary: list[int] = []
    plan_id: list[str] = []
    plan_name: list[str] = []
    for payer, plans in enumerate(plan_count):
        first = len(formulary_payer)
        formularies = 1 if plans < 3 else 2
        formulary_payer += [payer] * formularies
        for number in range(plans):
            kind = "S" if number % 3 == 2 else "H"
            plan_payer.append(payer)
            plan_formulary.append(first + number % formularies)
            plan_id.append(f"{kind}9{payer + 1:03d}-{number + 1:03d}-000")
            form = "Rx" if kind == "S" else ("Choice HMO", "Plus PPO")[number % 2]
            plan_name.append(f"{title[payer]} {form} {number + 1}")
    share = weight / weight.sum()
    within = random.dirichlet(np.full(PLANS, 3.0))
    presence = np.zeros((len(territories.ids), PLANS))
    of_payer = np.array(plan_payer)
    for territory in range(len(territories.ids)):
        payer_share = random.dirichlet(share * 9.0 + 0.02)
        for payer in range(PAYERS):
            mine = of_payer == payer
            presence[territory, mine] = payer_share[payer] * within[mine] / within[mine].sum()
    return Payers(
        name=tuple(f"{word} Health" for word in title),
        strictness=random.normal(0.0, 0.8, PAYERS),
        formulary_id=tuple(f"{index + 90001:08d}" for index in range(len(formulary_payer))),
        formulary_payer=np.array(formulary_payer),
        plan_id=tuple(plan_id),
        plan_name=tuple(plan_name),
        plan_payer=of_payer,
        plan_formulary=np.array(plan_formulary),
        plan_region=random.integers(0, len(STATES), PLANS),
        presence=presence / presence.sum(axis=1, keepdims=True),
    )
