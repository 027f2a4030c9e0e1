"""The products: one own, two competitors of the same class. All brands are made up."""

from dataclasses import dataclass

OWN = 0
"""Index of the own product in PRODUCTS."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product as the products feed gives it, with its list price per 30 days."""

    product_id: str
    brand: str
    generic: str
    ndc11s: tuple[str, ...]
    rxcui: str
    atc: str
    moa: str
    own: bool
    price: float


PRODUCTS = (
    Product(
        "PRD-1",
        "Velunara",
        "tavoglutide",
        ("99901010101", "99901010190"),
        "9900101",
        "A10BX90",
        "Dual pathway agonist",
        True,
        640.0,
    ),
    Product(
        "PRD-2",
        "Ostrelix",
        "mirvaglutide",
        ("99902020201", "99902020290"),
        "9900201",
        "A10BX91",
        "Dual pathway agonist",
        False,
        585.0,
    ),
    Product(
        "PRD-3",
        "Kadomyra",
        "selpaglutide",
        ("99903030301", "99903030390"),
        "9900301",
        "A10BX92",
        "Dual pathway agonist",
        False,
        560.0,
    ),
)
