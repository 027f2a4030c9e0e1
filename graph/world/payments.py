"""Payments of companies to HCPs: fees of speakers and advisers, meals around calls, a few grants to hospitals."""

from dataclasses import dataclass

import numpy as np

from graph.world.accounts import Accounts
from graph.world.clock import Clock
from graph.world.hcps import Hcps
from graph.world.products import OWN, PRODUCTS
from graph.world.promotion import FACE_TO_FACE, Promotion
from graph.world.settings import WorldSettings
from graph.world.streams import stream

COMPANIES = ("Halvorex Therapeutics Inc.", "Brontide Pharma LLC", "Quillmere Biosciences Corp.")
"""The company of each product."""
SPEAKER, CONSULTING, MEAL, GRANT = range(4)
NATURES = (
    "Compensation for services other than consulting, including serving as faculty or as a speaker at a venue other "
    "than a continuing education program",
    "Consulting Fee",
    "Food and Beverage",
    "Grant",
)
FED = 0.35
"""Share of the calls in person with a meal."""
SPEAKS = 0.5
"""Share of the stronger leaders who speak for a company."""


@dataclass(frozen=True, slots=True)
class Payment:
    record_id: str
    hcp: int
    """-1 where a hospital received it."""
    account: int
    product: int
    nature: int
    amount: float
    day: int


def program_years(clock: Clock) -> list[tuple[int, int]]:
    """Program years published within the world with the day of publication: June 30 of the year after."""
    first = clock.start.year - 1
    years = range(first, first + 2 + clock.days // 365)
    published = [(year, clock.day_of(clock.start.replace(year=year + 1, month=6, day=30))) for year in years]
    return [(year, day) for year, day in published if day <= clock.deliveries[-1]]


def make_payments(
    settings: WorldSettings, clock: Clock, hcps: Hcps, accounts: Accounts, promotion: Promotion, year: int
) -> list[Payment]:
    """Payments of one program year in order of their records."""
    random = stream(settings.seed, f"payments {year}")
    first, last = (clock.day_of(clock.start.replace(year=one, month=1, day=1)) for one in (year, year + 1))
    found: list[Payment] = []

    def pay(hcp: int, account: int, product: int, nature: int, amount: float, day: int) -> None:
        # The own company pays for its product once it is on the market.
        if first <= day < last and (product != OWN or day >= clock.launch):
            key = f"{year}{len(found):08d}"
            found.append(Payment(key, hcp, account, product, nature, round(amount, 2), day))

    for hcp in np.flatnonzero(hcps.leadership > 1.0).tolist():
        if random.random() < SPEAKS:
            company = int(random.integers(len(PRODUCTS)))
            for _ in range(int(random.integers(2, 8))):
                nature = SPEAKER if random.random() < 0.7 else CONSULTING
                pay(hcp, -1, company, nature, random.uniform(800, 3200), int(random.integers(first, last)))
    calls = promotion.calls
    fed = (calls.channel == FACE_TO_FACE) & calls.genuine & (random.random(len(calls.day)) < FED)
    for call in np.flatnonzero(fed & (calls.day >= first) & (calls.day < last)).tolist():
        pay(int(calls.hcp[call]), -1, OWN, MEAL, random.uniform(9, 28), int(calls.day[call]))
    for hcp in np.flatnonzero(~hcps.retired & (random.random(len(hcps.npi)) < 0.35)).tolist():
        for _ in range(1 + int(random.poisson(0.6))):
            other = 1 + int(random.integers(len(PRODUCTS) - 1))
            pay(hcp, -1, other, MEAL, random.uniform(9, 28), int(random.integers(first, last)))
    for account in range(0, len(accounts.npi), 25):
        pay(-1, account, OWN, GRANT, random.uniform(5_000, 40_000), int(random.integers(first, last)))
    return found
