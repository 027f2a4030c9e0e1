"""Feed `partd`: Medicare Part D prescribers by provider and drug, with the censoring of the publisher."""

from collections.abc import Iterator
from datetime import date

from graph.world.clock import WEEK
from graph.world.places import STATES
from graph.world.products import OWN, PRODUCTS
from graph.world.specialties import SPECIALTIES, TAXONOMIES
from graph.world.streams import stream
from graph.world.world import World
from graph.world.writers.delivery import Delivery, cell
from graph.world.writers.people import People

COLUMNS = (
    "Prscrbr_NPI,Prscrbr_Last_Org_Name,Prscrbr_First_Name,Prscrbr_City,Prscrbr_State_Abrvtn,Prscrbr_State_FIPS,"
    "Prscrbr_Type,Prscrbr_Type_Src,Brnd_Name,Gnrc_Name,Tot_Clms,Tot_30day_Fills,Tot_Day_Suply,Tot_Drug_Cst,"
    "Tot_Benes,GE65_Sprsn_Flag,GE65_Tot_Clms,GE65_Tot_30day_Fills,GE65_Tot_Drug_Cst,GE65_Tot_Day_Suply,"
    "GE65_Bene_Sprsn_Flag,GE65_Tot_Benes"
)
FEWEST = 11
"""Fewer claims: no row. Fewer people: blank."""
MEDICARE = 0.5
"""Share of the prescriptions that Medicare pays."""
FILLS = 5.5
"""Fills per start and year."""
FIPS = {"OH": "39", "IN": "18", "MI": "26", "WI": "55", "IL": "17"}


def partd_year(world: World) -> int:
    """The newest year before the world that was published by the backfill: 28 months after it began."""
    backfill = world.clock.date_of(world.clock.deliveries[0])
    published = backfill.year - 2 - (backfill < date(backfill.year, 5, 1))
    return min(published, world.settings.start.year - 1)


def write_partd(world: World, delivery: Delivery, people: People) -> None:
    """One year of the competitors' drugs: what each HCP's rate of starting them makes likely."""
    year = partd_year(world)
    name = f"MUP_DPR_RY{year + 2 - 2000:02d}_P04_V10_DY{year - 2000:02d}_NPIBN.csv"
    delivery.add("partd", name, _lines(world, people), header=True, complete=True)


def _lines(world: World, people: People) -> Iterator[str]:
    yield COLUMNS
    random = stream(world.settings.seed, "partd")
    names = {one.code: one.classification for one in TAXONOMIES}
    places = world.territories
    drugs = [one for index, one in enumerate(PRODUCTS) if index != OWN]
    expected = world.dynamics.other_rate * (365 / WEEK) * FILLS * MEDICARE
    counts = random.poisson(expected[:, None], (len(expected), len(drugs)))
    older = random.binomial(counts, 0.8)
    for hcp, npi in enumerate(world.hcps.npi):
        where = int(world.hcps.territory[hcp])
        state = STATES[places.state[where]].code
        kind = names[SPECIALTIES[world.hcps.specialty[hcp]].code]
        head = (
            f"{npi},{people.last[hcp]},{people.first[hcp]},{places.names[where]},{state},{FIPS[state]},"
            f"{cell(kind)},Claim-Specialty"
        )
        for drug, claims, old in zip(drugs, counts[hcp].tolist(), older[hcp].tolist(), strict=True):
            if claims >= FEWEST:
                yield f"{head},{drug.brand},{drug.generic.capitalize()},{_counts(claims, old, drug.price)}"


def _counts(claims: int, older: int, price: float) -> str:
    """Totals, then those of people of 65 and over: `*` hides 1 to 10 of them, `#` more, since the rest is 1 to 10."""
    benes = round(claims / FILLS)
    shown = str(benes) if benes >= FEWEST else ""
    total = f"{claims},{claims * 1.1:.1f},{claims * 33},{claims * price:.2f},{shown}"
    flag = "*" if 0 < older < FEWEST else "#" if 0 < claims - older < FEWEST else ""
    of_old = ",,," if flag else f"{older},{older * 1.1:.1f},{older * price:.2f},{older * 33}"
    old_benes = round(older / FILLS)
    hidden = "*" if 0 < old_benes < FEWEST else ""
    return f"{total},{flag},{of_old},{hidden},{'' if hidden else old_benes}"
