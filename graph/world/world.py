"""One world: all its parts, made in order from the settings."""

from dataclasses import dataclass

import numpy as np

from graph.world.access import Friction, exact_friction, odds
from graph.world.accounts import Accounts, Pharmacies, make_accounts, make_pharmacies
from graph.world.adoption import Adoption, simulate, weeks_of
from graph.world.arrays import Floats, Integers
from graph.world.authorizations import Authorizations, make_authorizations
from graph.world.clock import Clock, launch_week
from graph.world.cold import Cold, make_cold
from graph.world.crm import CrmAccounts, make_crm
from graph.world.dynamics import Dynamics, Week, calibrated, make_dynamics
from graph.world.field import Field, make_field
from graph.world.hcps import Hcps, make_hcps
from graph.world.inquiries import Inquiries, make_inquiries
from graph.world.journeys import Journeys, travel
from graph.world.network import Network, make_network
from graph.world.patients import Patients, make_patients
from graph.world.payers import Payers, make_payers
from graph.world.places import Territories, make_territories
from graph.world.policies import Policies, make_policies
from graph.world.products import OWN
from graph.world.promotion import Promotion, make_promotion
from graph.world.research import Response, make_research
from graph.world.science import Activity, make_science
from graph.world.settings import WorldSettings
from graph.world.starts import Starts, make_corrections, make_starts
from graph.world.support import Cases, make_cases


@dataclass(frozen=True, slots=True)
class Mix:
    """HCP x plan pairs that occur in the panels; arrays of one length."""

    hcp: Integers
    plan: Integers
    share: Floats
    """Share of the HCP's panel."""


@dataclass(frozen=True, slots=True)
class World:
    settings: WorldSettings
    clock: Clock
    territories: Territories
    accounts: Accounts
    pharmacies: Pharmacies
    hcps: Hcps
    field: Field
    cold: Cold
    promotion: Promotion
    crm: CrmAccounts
    payers: Payers
    policies: Policies
    patients: Patients
    network: Network
    mix: Mix
    dynamics: Dynamics
    weeks: tuple[Week, ...]
    """From `first_week` to the end."""
    adoption: Adoption
    starts: Starts
    expected: Friction
    """Exact friction of each start at writing."""
    journeys: Journeys
    corrections: Integers
    """Starts whose payment a later delivery restates."""
    authorizations: Authorizations
    cases: Cases
    research: tuple[Response, ...]
    science: tuple[Activity, ...]
    inquiries: Inquiries

    @property
    def first_week(self) -> int:
        """First week in which the own product can be prescribed."""
        return launch_week(self.clock)

    def in_week(self, week: int) -> Week:
        """What held in a week of the simulation, from `first_week` on."""
        return self.weeks[week - self.first_week]

    def friction_of(self, product: int, edition: int) -> Friction:
        """Exact friction of every pair of the mix under an edition."""
        return _friction(self.hcps, self.payers, self.policies, self.mix, product, edition)


def make_world(settings: WorldSettings) -> World:
    """Simulate the world that the settings name; the same settings give the same world."""
    clock = Clock(settings.start, settings.months, settings.weeks)
    territories = make_territories(settings)
    accounts = make_accounts(settings, territories)
    pharmacies = make_pharmacies(settings, territories)
    hcps = make_hcps(settings, territories, accounts)
    field = make_field(settings, clock, territories, accounts, hcps)
    cold = make_cold(settings, clock, territories, hcps)
    promotion = make_promotion(settings, clock, hcps, field, cold)
    payers = make_payers(settings, territories)
    policies = make_policies(settings, clock, payers)
    patients = make_patients(settings, hcps, payers, pharmacies)
    network = make_network(settings, hcps, cold.hcps)
    mix = _mix(patients, len(payers.plan_id))
    panel_friction = np.zeros((len(clock.editions), settings.hcps))
    for edition in range(len(clock.editions)):
        value = _friction(hcps, payers, policies, mix, OWN, edition).value
        panel_friction[edition] = np.bincount(mix.hcp, weights=mix.share * value, minlength=settings.hcps)
    dynamics = make_dynamics(settings, hcps, patients, network, panel_friction)
    weeks = weeks_of(settings, clock, promotion)
    dynamics = calibrated(dynamics, weeks)
    adoption = simulate(settings, clock, dynamics, patients, weeks)
    starts = make_starts(settings, clock, patients, adoption)
    chances = odds(hcps, payers, policies, starts.hcp, starts.plan, starts.product, starts.edition)
    journeys = travel(settings, chances)
    unseen = cold.hcps[starts.hcp] & (starts.day < cold.since)
    return World(
        settings=settings,
        clock=clock,
        territories=territories,
        accounts=accounts,
        pharmacies=pharmacies,
        hcps=hcps,
        field=field,
        cold=cold,
        promotion=promotion,
        crm=make_crm(settings, hcps, promotion),
        payers=payers,
        policies=policies,
        patients=patients,
        network=network,
        mix=mix,
        dynamics=dynamics,
        weeks=weeks,
        adoption=adoption,
        starts=starts,
        expected=exact_friction(chances),
        journeys=journeys,
        corrections=make_corrections(settings, clock, starts, journeys.dispensed, journeys.out_of_pocket),
        authorizations=make_authorizations(settings, clock, starts, journeys, unseen),
        cases=make_cases(settings, clock, starts, journeys, unseen),
        research=make_research(settings, clock, hcps, network, dynamics, cold),
        science=make_science(settings, clock, hcps),
        inquiries=make_inquiries(settings, clock, hcps),
    )


def _mix(patients: Patients, plans: int) -> Mix:
    hcp = np.repeat(np.arange(len(patients.panel)), patients.panel)
    pair, count = np.unique(hcp * plans + patients.plan, return_counts=True)
    return Mix(pair // plans, pair % plans, count / patients.panel[pair // plans])


def _friction(hcps: Hcps, payers: Payers, policies: Policies, mix: Mix, product: int, edition: int) -> Friction:
    whole = np.ones(len(mix.hcp), dtype=np.int64)
    return exact_friction(odds(hcps, payers, policies, mix.hcp, mix.plan, whole * product, whole * edition))
