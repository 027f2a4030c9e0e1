"""The question of the week, as GraphQL: which HCPs need access support?"""

from dataclasses import dataclass
from typing import Any

from api.demo.client import Client, RequestRefused

PRODUCTS = """
query OwnProducts { products { id brand own } }
"""
ACCESS_VIEW = """
query NeedAccessSupport($product: ID!, $level: String!, $first: Int!) {
  accessFrictions(product: $product, where: {level: {eq: $level}}, sort: [{saveableStarts: DESC}], first: $first) {
    totalCount
    edges { node {
      level value low high saveableStarts mainBarrier
      plan { name planKey payer { name } } account { name } territory { name territoryId }
      drivers(first: 1) { reason }
    } }
  }
}
"""
FIELD_VIEW = """
query NeedAccessSupport($product: ID!, $first: Int!) {
  accessFrictions(product: $product, where: {level: {eq: "hcp_plan"}}, sort: [{saveableStarts: DESC}], first: $first) {
    totalCount
    edges { node {
      level value low high saveableStarts mainBarrier
      hcp { npi firstName lastName } plan { name }
      drivers(first: 1) { reason }
    } }
  }
}
"""
ANY_HCP = """
query SomeHcps { hcps(first: 200) { edges { node { npi territories { territoryId } } } } }
"""
ONE_HCP = """
query OneHcp($npi: String!) { hcp(npi: $npi) { npi lastName } }
"""
PRESCRIBING = """
query Prescribing($npi: String!, $product: ID!) { hcp(npi: $npi) { prescriptions(product: $product) { month trx } } }
"""
UNKNOWN_NPI = "1234567893"  # a valid check digit that no provider of the sample world has


@dataclass(frozen=True, slots=True)
class Product:
    """The company's own product the question is about."""

    id: str
    brand: str


def own_product(client: Client) -> Product:
    """The first own product of the company's list."""
    product = next(product for product in client.ask(PRODUCTS)["products"] if product["own"])
    return Product(product["id"], product["brand"])


def ask_market_access(client: Client, product: Product, level: str, first: int) -> list[dict[str, Any]]:
    """Plans, accounts or territories by starts that support could save, most first."""
    answer = client.ask(ACCESS_VIEW, {"product": product.id, "level": level, "first": first})
    return [edge["node"] for edge in answer["accessFrictions"]["edges"]]


def ask_field_rep(
    client: Client, product: Product, first: int
) -> tuple[list[dict[str, Any]], int, list[dict[str, Any]]]:
    """(rows, how many there are in all, what was withheld) for the HCPs of the token's territories."""
    answer = client.ask(FIELD_VIEW, {"product": product.id, "first": first})
    found = answer["accessFrictions"]
    return [edge["node"] for edge in found["edges"]], found["totalCount"], answer["restricted"]


def find_npi_outside(client: Client, territory: str) -> str:
    """An HCP that exists, but not in the territory; asked by a role that sees all identities."""
    for edge in client.ask(ANY_HCP)["hcps"]["edges"]:
        places = {place["territoryId"] for place in edge["node"]["territories"]}
        if places and territory not in places:
            return str(edge["node"]["npi"])
    raise RequestRefused(f"every HCP of the first page is in territory {territory!r}")


def attempt(client: Client, document: str, variables: dict[str, Any]) -> str:
    """What the API answers to something the role may not have, in one line."""
    try:
        answer = client.ask(document, variables)
    except RequestRefused as refusal:
        return str(refusal).removeprefix("the API refused the question: ")
    return str({name: value for name, value in answer.items() if name != "restricted"})
