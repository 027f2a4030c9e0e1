"""The samples in the headers of questions exist in the default sample world."""

import re
from pathlib import Path

import pytest

from cypher import Statement, statements
from graph.server.guide import samples
from graph.world import WorldSettings
from graph.world.accounts import make_accounts
from graph.world.hcps import make_hcps
from graph.world.payers import make_payers
from graph.world.places import make_territories
from graph.world.products import PRODUCTS

EXPLORE = statements("explore")
DATE = re.compile(r"'20\d\d-\d\d-\d\d'")
NUMBERS = {"limit", "most", "days", "year"}


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """Keys of the default world by the parameter that takes them, as Cypher literals."""
    settings = WorldSettings(out=Path("nowhere"))
    territories = make_territories(settings)
    accounts = make_accounts(settings, territories)
    found = {
        "territory": territories.ids,
        "npi": make_hcps(settings, territories, accounts).npi,
        "account": accounts.npi,
        "planKey": make_payers(settings, territories).plan_id,
        "brand": [product.brand for product in PRODUCTS],
    }
    return {name: {f"'{value}'" for value in values} for name, values in found.items()}


@pytest.mark.parametrize("one", EXPLORE, ids=[one.name for one in EXPLORE])
def test_samples_exist_in_the_default_world(known: dict[str, set[str]], one: Statement) -> None:
    for name, value in samples(one).items():
        if name in NUMBERS:
            assert value.isdecimal()
        elif name == "since":
            assert DATE.fullmatch(value)
        else:
            kind = "account" if (one.name, name) == ("explore/account_network", "npi") else name
            assert value in known[kind]
