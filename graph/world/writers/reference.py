"""Small feeds that do not move: `nucc`, `products`, `shared_patients`."""

from collections.abc import Iterator

from graph.world.arrays import together
from graph.world.network import make_decoys
from graph.world.products import PRODUCTS
from graph.world.specialties import TAXONOMIES
from graph.world.world import World
from graph.world.writers.delivery import Delivery, row

NUCC_COLUMNS = "Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section"
PRODUCT_COLUMNS = "product_id,brand,generic,ndc11s,rxcui,atc,moa,launch_date,own,benefit"


def write_nucc(world: World, delivery: Delivery) -> None:
    """The codes in use; the version number follows the year of the world."""
    lines = [NUCC_COLUMNS]
    for one in TAXONOMIES:
        specialization = f'"{one.specialization}"' if "," in one.specialization else one.specialization
        display = f'"{one.display}"' if "," in one.display else one.display
        lines.append(row([one.code, one.grouping, one.classification, specialization, "", "", display, one.section]))
    version = (world.settings.start.year - 2000) * 10
    delivery.add("nucc", f"nucc_taxonomy_{version}.csv", lines, header=True, complete=True)


def write_products(world: World, delivery: Delivery) -> None:
    launch = world.clock.iso(world.clock.launch)
    before = world.clock.date_of(0).replace(year=world.settings.start.year - 4).isoformat()
    lines = [PRODUCT_COLUMNS]
    lines += [
        row(
            [
                one.product_id,
                one.brand,
                one.generic,
                "|".join(one.ndc11s),
                one.rxcui,
                one.atc,
                one.moa,
                launch if one.own else before,
                "true" if one.own else "false",
                "pharmacy",
            ]
        )
        for one in PRODUCTS
    ]
    delivery.add("products", "products.csv", lines, header=True, complete=True)


def write_shared_patients(world: World, delivery: Delivery) -> None:
    """Ties with at least 11 patients, no header, as CMS published them."""
    network, npi = world.network, world.hcps.npi
    shown, decoys = network.published, make_decoys(world.settings, network)

    def lines() -> Iterator[str]:
        for source, target, pairs, patients, same_day in together(
            *(
                column[shown]
                for column in (network.source, network.target, network.pairs, network.patients, network.same_day)
            )
        ):
            yield f"{npi[source]},{npi[target]},{pairs},{patients},{same_day}"
        for source, target, patients in together(decoys.source, decoys.target, decoys.patients):
            yield f"{npi[source]},{npi[target]},{2 * patients},{patients},{patients // 9}"

    # A year's file is known once the year is over: the newest one that the whole history can know.
    year = world.settings.start.year - 1
    name = f"physician-shared-patient-patterns-{year}-days180.txt"
    delivery.add("shared_patients", name, lines(), header=False, complete=True)
