"""How one type leads to another: every pattern of the API stands here.

Each node that a pattern binds meets the row rules of its label (`exists`, `anchored`), also on the way.
"""

from dataclasses import replace

from api.compiler.cells import column
from api.compiler.history import what_changed
from api.compiler.indexes import seeks
from api.compiler.patterns import Arguments, Link, first_of, leaf, product_lines, scope
from api.compiler.predictions import drivers, overrides, payer_mix, prediction_of, predictions
from api.compiler.rows import Path, Row, Scope
from api.compiler.rules import anchor_of, anchored, at_end, exists, holds_today, joined, labelled, where
from api.compiler.writing import Writing
from graph.schema.catalogue import RELS
from graph.schema.core import DataClass


def _neighbour(
    relationship: str, label: str, *keys: str, incoming: bool = False, many: bool = False, newest: bool = False
) -> Link:
    """A link over one relationship, that holds today where it is dated, to nodes of one label.

    They come in the order of their keys as the caller may see them, the newest first, and then by id: a hidden or
    masked value decides no order.
    """
    arrow = ("<-", "-") if incoming else ("-", "->")
    single = relationship.partition("|")[0]
    dated = {"from", "to"} <= RELS[single].props.keys()

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
        found, over = writing.name(label.lower()), writing.name("over") if dated else ""
        lines = [
            f"MATCH ({parent.variable}){arrow[0]}[{over}:{relationship}]{arrow[1]}({found}:{label})",
            *where([*([holds_today(over)] if dated else []), *at_end(writing, single, label, found)]),
        ]
        if dated:
            lines.append(f"WITH DISTINCT {parent.variable}, {found}")
        limit = first_of(writing, arguments) if many else "1"
        order = []
        for key in keys:
            if writing.permissions.verdict(label, key).allowed:
                value = column(writing, Row(found, label, path, ()), key)
                order += [f"{value} IS NULL", f"{value} DESC"] if newest else [value]
        return scope(parent, path, found, label, lines, [*order, f"{found}.id"], limit)

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
        *where([*at_end(writing, "SHARES_PATIENTS", "HCP", peer), better]),
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


def yearly_claims(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    year, product = writing.name("year"), writing.name("product")
    lines = [
        *product_lines(writing, product, arguments["product"]),
        f"MATCH ({parent.variable})-[{year}:PRESCRIBED_IN_YEAR]->({product})",
    ]
    return scope(parent, path, year, "PRESCRIBED_IN_YEAR", lines, [f"{year}.year DESC"], first_of(writing, arguments))


def nominations(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    named, by = writing.name("nominated"), writing.name("hcp")
    lines = [
        f"MATCH ({parent.variable})<-[{named}:NOMINATED]-({by}:HCP)",
        *where(at_end(writing, "NOMINATED", "HCP", by)),
    ]
    answered = column(writing, Row(named, "NOMINATED", path, ()), "answeredOn")
    order = [f"{answered} IS NULL", f"{answered} DESC", f"{by}.id", f"{named}.study", f"{named}.wave"]
    limit = first_of(writing, arguments)
    return scope(parent, path, named, "NOMINATED", lines, order, limit, beside={"hcp": by})


def beside(name: str, label: str, *, of_several: bool = False) -> Link:
    """A link to a node that the parent's pattern has bound already, and that may be ``of_several`` labels."""

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
        found = writing.name(name)
        lines = [
            f"UNWIND [{parent.beside[name]}] AS {found}",
            f"WITH {found}",
            *where([*([f"{found}:{label}"] if of_several else []), *exists(writing, label, found)]),
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


def policy_changes(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
    """Changes of the policies of a product, in the order of `whatChanged`."""
    policy, product = writing.name("policy"), writing.name("product")
    lines = [
        *product_lines(writing, product, arguments["product"]),
        f"MATCH ({policy}:CoveragePolicy)-[:FOR]->({product})",
        *where(exists(writing, "CoveragePolicy", policy)),
    ]
    about = Row(policy, "CoveragePolicy", path, tuple(lines))
    found = what_changed("CoveragePolicy", "HAS_POLICY")(writing, about, arguments, path)
    row = replace(found.row, beside={"policy": policy})
    return Scope(row, (*lines, *found.lines), found.order, found.limit)


def _published(label: str) -> Link:
    """A root that finds what was published of a product."""

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
        found, product = writing.name(label.lower()), writing.name("product")
        lines = [
            *product_lines(writing, product, arguments["product"]),
            f"MATCH ({found}:{label})-[:FOR]->({product})",
            *where(exists(writing, label, found)),
        ]
        return Scope(Row(found, label, path, tuple(lines)), tuple(lines), (f"{found}.id",))

    return link


def models(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
    found = writing.name("model")
    lines = [f"MATCH ({found}:ModelVersion)", f"WHERE {found}.promoted"]
    return scope(parent, path, found, "ModelVersion", lines, [f"{found}.task", f"{found}.id"], None)


def made_by(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
    """The model that the prediction names: its relationship follows only after a scoring has shown the values."""
    found = writing.name("model")
    lines = [
        f"MATCH ({found}:ModelVersion {{id: {parent.variable}.modelId}})",
        *where(at_end(writing, "BY", "ModelVersion", found)),
    ]
    return scope(parent, path, found, "ModelVersion", lines, [f"{found}.id"], "1")


FRICTION, INFLUENCE, ADOPTION = DataClass.ACCESS_FRICTION, DataClass.INFLUENCE, DataClass.ADOPTION
LINKS: dict[tuple[str, str], Link] = {
    ("Query", "hcp"): _by_key("HCP", "npi", "npi"),
    ("Query", "hcps"): _every("HCP", "Hcp"),
    ("Query", "account"): _by_key("Account", "id", "id"),
    ("Query", "accounts"): _every("Account", "Account"),
    ("Query", "payer"): _by_key("Payer", "id", "id"),
    ("Query", "payers"): _every("Payer", "Payer"),
    ("Query", "plan"): _by_key("Plan", "id", "id", "planKey"),
    ("Query", "plans"): _every("Plan", "Plan"),
    ("Query", "policyChanges"): policy_changes,
    ("Query", "product"): _by_key("Product", "id", "id", "productId"),
    ("Query", "products"): products,
    ("Query", "territory"): _by_key("Territory", "id", "id", "territoryId"),
    ("Query", "territories"): _every("Territory", "Territory"),
    ("Query", "interactions"): _every("Interaction", "Interaction"),
    ("Query", "medicalInquiries"): _every("MedicalInquiry", "MedicalInquiry"),
    ("Query", "accessFrictions"): predictions(FRICTION),
    ("Query", "influences"): predictions(INFLUENCE),
    ("Query", "cohorts"): _published("Cohort"),
    ("Query", "prescribingTotals"): _published("PrescribingTotal"),
    ("Query", "interactionTotals"): _every("InteractionTotal", "InteractionTotal"),
    ("Query", "inquiryTotals"): _every("InquiryTotal", "InquiryTotal"),
    ("Twin", "sources"): sources,
    ("Twin", "models"): models,
    ("Hcp", "affiliations"): _neighbour("AFFILIATED_WITH", "Account", "name", many=True),
    ("Hcp", "specialties"): _neighbour("PRACTICES", "Specialty", "code", many=True),
    ("Hcp", "territories"): _neighbour("IN_TERRITORY", "Territory", "territoryId", many=True),
    ("Hcp", "networks"): _neighbour("IN_NETWORK", "ProviderNetwork", "name", many=True),
    ("Hcp", "interactions"): _neighbour("WITH", "Interaction", "occurredOn", incoming=True, many=True, newest=True),
    ("Hcp", "suggestions"): _neighbour("SUGGESTS", "Suggestion", "suggestedOn", incoming=True, many=True, newest=True),
    ("Hcp", "notes"): _neighbour("MENTIONS", "FieldNote", "writtenOn", incoming=True, many=True, newest=True),
    ("Hcp", "consents"): _neighbour("GAVE", "Consent", "capturedOn", many=True, newest=True),
    ("Hcp", "medicalInquiries"): _neighbour("ASKED", "MedicalInquiry", "receivedOn", many=True, newest=True),
    ("Hcp", "scientificActivities"): _neighbour("CONTRIBUTED", "ScientificActivity", "date", many=True, newest=True),
    ("Hcp", "surveyResponses"): _neighbour("ANSWERED", "SurveyResponse", "answeredOn", many=True, newest=True),
    ("Hcp", "nominatedBy"): nominations,
    ("Hcp", "payments"): _neighbour("RECEIVED", "Payment", "paidOn", many=True, newest=True),
    ("Hcp", "supportCases"): _neighbour("REFERRED", "SupportCase", "referredOn", many=True, newest=True),
    ("Hcp", "peers"): peers,
    ("Hcp", "prescriptions"): prescriptions,
    ("Hcp", "yearlyClaims"): yearly_claims,
    ("Hcp", "accessFriction"): prediction_of("HCP", FRICTION, "hcp", "hcp_plan"),
    ("Hcp", "influence"): prediction_of("HCP", INFLUENCE, "hcp"),
    ("Hcp", "adoption"): prediction_of("HCP", ADOPTION, "hcp"),
    ("Hcp", "adoptionOverrides"): overrides(ADOPTION, "hcp"),
    ("Hcp", "accessFrictionOverrides"): overrides(FRICTION, "hcp_plan"),
    ("Hcp", "payerMix"): payer_mix,
    ("Hcp", "whatChanged"): what_changed("HCP"),
    ("Peer", "hcp"): beside("hcp", "HCP"),
    ("Nomination", "hcp"): beside("hcp", "HCP"),
    ("Prescription", "product"): beside("product", "Product"),
    ("Account", "hcps"): _neighbour("AFFILIATED_WITH", "HCP", "lastName", "firstName", incoming=True, many=True),
    ("Account", "specialties"): _neighbour("PRACTICES", "Specialty", "code", many=True),
    ("Account", "networks"): _neighbour("IN_NETWORK", "ProviderNetwork", "name", many=True),
    ("Account", "accessFriction"): prediction_of("Account", FRICTION, "account"),
    ("Account", "whatChanged"): what_changed("Account"),
    ("Territory", "partOf"): _neighbour("PART_OF", "Territory", "territoryId"),
    ("Territory", "hcps"): _neighbour("IN_TERRITORY", "HCP", "lastName", "firstName", incoming=True, many=True),
    ("Territory", "reps"): _neighbour("COVERS", "Rep", "userId", incoming=True, many=True),
    ("Territory", "whatChanged"): what_changed("Territory", "PART_OF"),
    ("Product", "whatChanged"): what_changed("Product"),
    ("Payer", "plans"): _neighbour("OFFERS", "Plan", "name", many=True),
    ("Payer", "authorizationStatistics"): _neighbour(
        "OF_PAYER", "AuthorizationStatistic", "year", "requests", incoming=True, many=True, newest=True
    ),
    ("Payer", "accessFriction"): prediction_of("Payer", FRICTION, "payer"),
    ("Payer", "whatChanged"): what_changed("Payer"),
    ("Plan", "payer"): _neighbour("OFFERS", "Payer", "name", incoming=True),
    ("Plan", "policies"): policies,
    ("Plan", "networks"): _neighbour("USES_NETWORK", "ProviderNetwork", "name", many=True),
    ("Plan", "accessFriction"): prediction_of("Plan", FRICTION, "plan"),
    ("Plan", "whatChanged"): what_changed("Plan", "OFFERS"),
    ("CoveragePolicy", "product"): _neighbour("FOR", "Product"),
    ("CoveragePolicy", "plans"): _neighbour("HAS_POLICY", "Plan", "name", incoming=True, many=True),
    ("CoveragePolicy", "whatChanged"): what_changed("CoveragePolicy", "HAS_POLICY"),
    ("PolicyChange", "policy"): beside("policy", "CoveragePolicy"),
    ("Interaction", "hcp"): _neighbour("WITH", "HCP"),
    ("Interaction", "account"): _neighbour("WITH", "Account"),
    ("Interaction", "products"): _neighbour("DETAILED", "Product", "productId", many=True),
    ("Interaction", "rep"): _neighbour("MADE", "Rep", incoming=True),
    ("Suggestion", "hcp"): _neighbour("SUGGESTS", "HCP"),
    ("Suggestion", "product"): _neighbour("FOR", "Product"),
    ("Suggestion", "rep"): _neighbour("TO", "Rep"),
    ("FieldNote", "hcp"): _neighbour("MENTIONS", "HCP"),
    ("FieldNote", "rep"): _neighbour("WROTE", "Rep", incoming=True),
    ("MedicalInquiry", "hcp"): _neighbour("ASKED", "HCP", incoming=True),
    ("ScientificActivity", "hcps"): _neighbour("CONTRIBUTED", "HCP", "lastName", "firstName", incoming=True, many=True),
    ("Payment", "products"): _neighbour("FOR", "Product", "productId", many=True),
    ("SupportCase", "hcp"): _neighbour("REFERRED", "HCP", incoming=True),
    ("SupportCase", "product"): _neighbour("FOR", "Product"),
    ("Cohort", "product"): _neighbour("FOR", "Product"),
    ("CohortSegment", "accessFriction"): prediction_of("CohortSegment", FRICTION, "cohort"),
    ("PrescribingTotal", "product"): _neighbour("FOR", "Product"),
    ("Override", "plan"): _neighbour("UNDER", "Plan"),
    ("PayerShare", "plan"): _neighbour("UNDER", "Plan"),
    ("AccessFriction", "drivers"): drivers,
    ("AccessFriction", "hcp"): _neighbour("ABOUT", "HCP"),
    ("AccessFriction", "plan"): _neighbour("ABOUT|UNDER", "Plan"),
    ("AccessFriction", "payer"): _neighbour("ABOUT", "Payer"),
    ("AccessFriction", "account"): _neighbour("ABOUT", "Account"),
    ("AccessFriction", "territory"): _neighbour("ABOUT", "Territory"),
    ("AccessFriction", "cohort"): _neighbour("ABOUT", "CohortSegment"),
    ("AccessFriction", "product"): _neighbour("FOR", "Product"),
    ("AccessFriction", "model"): made_by,
    ("Driver", "policy"): beside("evidence", "CoveragePolicy", of_several=True),
    ("Driver", "plan"): beside("evidence", "Plan", of_several=True),
    ("Driver", "account"): beside("evidence", "Account", of_several=True),
    ("Driver", "hcp"): beside("evidence", "HCP", of_several=True),
    ("Influence", "drivers"): drivers,
    ("Influence", "hcp"): _neighbour("ABOUT", "HCP"),
    ("Influence", "product"): _neighbour("FOR", "Product"),
    ("Influence", "model"): made_by,
    ("Adoption", "drivers"): drivers,
    ("Adoption", "product"): _neighbour("FOR", "Product"),
    ("Adoption", "model"): made_by,
}
