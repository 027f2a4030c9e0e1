"""How one type leads to another: every pattern of the API stands here.

Each node that a pattern binds meets the row rules of its label (`exists`, `anchored`), also on the way.
"""

from api.compiler.history import what_changed
from api.compiler.indexes import seeks
from api.compiler.patterns import Arguments, Link, leaf, product_lines, scope
from api.compiler.predictions import drivers, prediction_of_hcp, predictions
from api.compiler.rows import Path, Row, Scope
from api.compiler.rules import anchor_of, anchored, exists, holds_today, joined, labelled, where
from api.compiler.writing import Writing
from graph.schema.core import DataClass


def _neighbour(pattern: str, label: str, order: str, *, many: bool = False) -> Link:
    """A link over one relationship to nodes of one label, in the order of a property."""

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
        found = writing.name(label.lower())
        lines = [
            f"MATCH ({parent.variable}){pattern}({found}:{label})",
            *where(exists(writing, label, found)),
        ]
        limit = writing.parameter(leaf(arguments["first"])) if many and "first" in arguments else None if many else "1"
        return scope(parent, path, found, label, lines, [f"{found}.{order}", f"{found}.id"], limit)

    return link


def _by_key(label: str, argument: str, *keys: str) -> Link:
    """A root that finds one node by one of its keys."""

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
        found, given = writing.name(label.lower()), writing.parameter(leaf(arguments[argument]))
        either = " OR ".join(f"{found}.{key} = {given}" for key in keys)
        lines = [f"MATCH ({found}:{label})", *where([f"({either})", *exists(writing, label, found)])]
        return scope(parent, path, found, label, lines, [f"{found}.id"])

    return link


def _every(label: str, type_name: str) -> Link:
    """A root that finds the nodes of a label: from the caller's claims, unless an index may lead to fewer."""

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
        found = writing.name(label.lower())
        row = Row(found, label, path, ())
        anchor = anchor_of(writing, label)
        order = (f"{found}.id",)
        if anchor is None:
            return Scope(row, tuple(labelled(writing, label, found)), order, labelled=True)
        if seeks(label, f"{type_name}Where", arguments.get("where"), writing.variables):
            return Scope(row, tuple(joined(writing, label, found, anchor)), order, repeats=True)
        return Scope(row, tuple(anchored(writing, label, found)), order)

    return link


def products(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    found = writing.name("product")
    lines = [
        f"MATCH ({found}:Product)",
        *where([f"{found}.productId IS NOT NULL", *exists(writing, "Product", found)]),
    ]
    order = [f"coalesce({found}.own, false) DESC", f"{found}.productId"]
    return scope(parent, path, found, "Product", lines, order, writing.parameter(leaf(arguments["first"])))


def sources(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
    found = writing.name("source")
    return scope(parent, path, found, "Source", [f"MATCH ({found}:Source)"], [f"{found}.name"], None)


def territories(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    link, found = writing.name("aligned"), writing.name("territory")
    lines = [
        f"MATCH ({parent.variable})-[{link}:IN_TERRITORY]->({found}:Territory)",
        *where([holds_today(link), *exists(writing, "Territory", found)]),
        f"WITH DISTINCT {found}",
    ]
    limit = writing.parameter(leaf(arguments["first"]))
    return scope(parent, path, found, "Territory", lines, [f"{found}.territoryId", f"{found}.id"], limit)


def peers(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    shares, peer, other = writing.name("shares"), writing.name("peer"), writing.name("other")
    # One entry for each peer: its newest year, the stronger direction. Neo4j takes an aggregation inside a nested
    # COLLECT for one of the outer projection, so this is said as "there is no better one".
    better = (
        f"NOT EXISTS {{ MATCH ({parent.variable})-[{other}:SHARES_PATIENTS]-({peer}) "
        f"WHERE {other}.year > {shares}.year OR ({other}.year = {shares}.year "
        f"AND ({other}.patients > {shares}.patients "
        f"OR ({other}.patients = {shares}.patients AND elementId({other}) < elementId({shares})))) }}"
    )
    lines = [
        f"MATCH ({parent.variable})-[{shares}:SHARES_PATIENTS]-({peer}:HCP)",
        *where([*exists(writing, "HCP", peer), better]),
    ]
    order = [f"{shares}.patients DESC", f"{peer}.id"]
    limit = writing.parameter(leaf(arguments["first"]))
    return scope(parent, path, shares, "SHARES_PATIENTS", lines, order, limit, beside={"hcp": peer})


def prescriptions(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    month, product = writing.name("month"), writing.name("product")
    lines = [
        *product_lines(writing, product, arguments["product"]),
        f"MATCH ({parent.variable})-[{month}:PRESCRIBED]->({product})",
    ]
    if "since" in arguments:
        lines += where([f"{month}.month >= {writing.parameter(leaf(arguments['since']))}"])
    limit = writing.parameter(leaf(arguments["first"]))
    return scope(parent, path, month, "PRESCRIBED", lines, [f"{month}.month DESC"], limit, beside={"product": product})


def beside(name: str, label: str) -> Link:
    """A link to a node that the parent's pattern has bound already."""

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
        found = writing.name(name)
        lines = [
            f"UNWIND [{parent.beside[name]}] AS {found}",
            f"WITH {found}",
            *where(exists(writing, label, found)),
        ]
        return scope(parent, path, found, label, lines, [])

    return link


def policies(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    policy, product = writing.name("policy"), writing.name("product")
    lines = [
        f"MATCH ({parent.variable})-[:HAS_POLICY]->({policy}:CoveragePolicy)-[:FOR]->({product}:Product)",
        *where(exists(writing, "CoveragePolicy", policy)),
        f"WITH {policy}, {product}",
        *product_lines(writing, product, arguments["product"])[1:],
    ]
    order = [f"{policy}.effectiveFrom DESC", f"{policy}.id"]
    limit = writing.parameter(leaf(arguments["first"]))
    return scope(parent, path, policy, "CoveragePolicy", lines, order, limit)


LINKS: dict[tuple[str, str], Link] = {
    ("Query", "hcps"): _every("HCP", "Hcp"),
    ("Query", "hcp"): _by_key("HCP", "npi", "npi"),
    ("Query", "account"): _by_key("Account", "id", "id"),
    ("Query", "plan"): _by_key("Plan", "id", "id", "planKey"),
    ("Query", "product"): _by_key("Product", "id", "id", "productId"),
    ("Query", "products"): products,
    ("Query", "accessFrictions"): predictions(DataClass.ACCESS_FRICTION),
    ("Query", "influences"): predictions(DataClass.INFLUENCE),
    ("Twin", "sources"): sources,
    ("Hcp", "affiliations"): _neighbour("-[:AFFILIATED_WITH]->", "Account", "name", many=True),
    ("Hcp", "territories"): territories,
    ("Hcp", "peers"): peers,
    ("Hcp", "prescriptions"): prescriptions,
    ("Hcp", "accessFriction"): prediction_of_hcp(DataClass.ACCESS_FRICTION, "hcp", "hcp_plan"),
    ("Hcp", "influence"): prediction_of_hcp(DataClass.INFLUENCE, "hcp"),
    ("Hcp", "adoption"): prediction_of_hcp(DataClass.ADOPTION, "hcp"),
    ("Hcp", "whatChanged"): what_changed("HCP"),
    ("Account", "whatChanged"): what_changed("Account"),
    ("Territory", "whatChanged"): what_changed("Territory", "PART_OF"),
    ("Product", "whatChanged"): what_changed("Product"),
    ("Plan", "whatChanged"): what_changed("Plan", "OFFERS"),
    ("Payer", "whatChanged"): what_changed("Payer"),
    ("CoveragePolicy", "whatChanged"): what_changed("CoveragePolicy", "HAS_POLICY"),
    ("Peer", "hcp"): beside("hcp", "HCP"),
    ("Prescription", "product"): beside("product", "Product"),
    ("Plan", "payer"): _neighbour("<-[:OFFERS]-", "Payer", "name"),
    ("Plan", "policies"): policies,
    ("CoveragePolicy", "product"): _neighbour("-[:FOR]->", "Product", "id"),
    ("AccessFriction", "drivers"): drivers,
    ("AccessFriction", "hcp"): _neighbour("-[:ABOUT]->", "HCP", "id"),
    ("AccessFriction", "plan"): _neighbour("-[:ABOUT|UNDER]->", "Plan", "id"),
    ("AccessFriction", "account"): _neighbour("-[:ABOUT]->", "Account", "id"),
    ("AccessFriction", "territory"): _neighbour("-[:ABOUT]->", "Territory", "id"),
    ("AccessFriction", "product"): _neighbour("-[:FOR]->", "Product", "id"),
    ("AccessFriction", "model"): _neighbour("-[:BY]->", "ModelVersion", "id"),
    ("Influence", "drivers"): drivers,
    ("Influence", "hcp"): _neighbour("-[:ABOUT]->", "HCP", "id"),
    ("Influence", "product"): _neighbour("-[:FOR]->", "Product", "id"),
    ("Influence", "model"): _neighbour("-[:BY]->", "ModelVersion", "id"),
    ("Adoption", "drivers"): drivers,
    ("Adoption", "product"): _neighbour("-[:FOR]->", "Product", "id"),
    ("Adoption", "model"): _neighbour("-[:BY]->", "ModelVersion", "id"),
}
