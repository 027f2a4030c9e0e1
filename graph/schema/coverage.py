"""Coverage: who pays, under which plan and policy, for which product."""

from graph.schema.core import DataClass, Feature, NodeType, Prop
from graph.schema.core import Sensitivity as S

COVERAGE = DataClass.COVERAGE
PRODUCT_CLASS = DataClass.PRODUCT

PAYER = NodeType(
    "Payer",
    "An organisation that offers plans.",
    key="id",
    precedence=(
        "formulary",
        "marketplace_formulary",
        "rx_claims",
        "fhir_plan_net",
        "prior_auth_carriers",
        "synthea_27",
    ),
    identifiers=("payer_name", "synthea_id"),
    props={
        "id": Prop("string", COVERAGE, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "name": Prop("string", COVERAGE, S.PUBLIC, "Name as the formulary's contract spells it."),
    },
)

PLAN = NodeType(
    "Plan",
    "One benefit plan of a payer.",
    key="id",
    precedence=("formulary", "marketplace_formulary", "rx_claims", "fhir_plan_net", "synthea_27"),
    identifiers=("plan_key",),
    indexes=(("planKey",),),
    props={
        "id": Prop("string", COVERAGE, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "planKey": Prop("string", COVERAGE, S.PUBLIC, "Contract, plan and segment joined by hyphens."),
        "name": Prop("string", COVERAGE, S.PUBLIC, "Plan name."),
        "kind": Prop(
            "string",
            COVERAGE,
            S.PUBLIC,
            "Local MA, regional MA or PDP by the contract's first letter; otherwise as the source says.",
            feature=Feature.CATEGORY,
        ),
        "formularyId": Prop("string", COVERAGE, S.PUBLIC, "Formulary the plan uses."),
        "suppressed": Prop("boolean", COVERAGE, S.PUBLIC, "Plan data suppressed by the publisher."),
    },
)

COVERAGE_POLICY = NodeType(
    "CoveragePolicy",
    "How one formulary covers one product from one edition until a later edition says otherwise.",
    key="id",
    precedence=("formulary", "marketplace_formulary"),
    identifiers=("policy_key",),
    props={
        "id": Prop("string", COVERAGE, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "policyKey": Prop("string", COVERAGE, S.PUBLIC, "Formulary, product and first edition joined by bars."),
        "formularyId": Prop("string", COVERAGE, S.PUBLIC, "Formulary the rule belongs to."),
        "tier": Prop("integer", COVERAGE, S.PUBLIC, "Formulary tier level.", feature=Feature.NUMBER),
        "priorAuthorization": Prop(
            "boolean", COVERAGE, S.PUBLIC, "Prior authorization is required.", feature=Feature.NUMBER
        ),
        "stepTherapy": Prop("boolean", COVERAGE, S.PUBLIC, "Step therapy applies.", feature=Feature.NUMBER),
        "quantityLimit": Prop("boolean", COVERAGE, S.PUBLIC, "A quantity limit applies.", feature=Feature.NUMBER),
        "quantityAmount": Prop("float", COVERAGE, S.PUBLIC, "Units allowed per period.", unit="units"),
        "quantityDays": Prop("float", COVERAGE, S.PUBLIC, "Length of the period.", unit="days"),
        "requirements": Prop("string", COVERAGE, S.PUBLIC, "Requirements as the source words them."),
        "effectiveFrom": Prop("date", COVERAGE, S.PUBLIC, "Date of the first edition that says so."),
        "effectiveTo": Prop("date", COVERAGE, S.PUBLIC, "Date of the edition that says otherwise; null in force."),
        "knownAt": Prop("date", DataClass.LINEAGE, S.INTERNAL, "Date at which the rule could be known."),
    },
)

PROVIDER_NETWORK = NodeType(
    "ProviderNetwork",
    "The providers that plans have under contract.",
    key="id",
    precedence=("fhir_plan_net",),
    identifiers=("network_id",),
    props={
        "id": Prop("string", COVERAGE, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "name": Prop("string", COVERAGE, S.PUBLIC, "Name of the network."),
    },
)

PRODUCT = NodeType(
    "Product",
    "A medicine, own or competing.",
    key="id",
    precedence=(
        "products",
        "formulary",
        "partd_2014_matrix",
        "marketplace_formulary",
        "crm",
        "partd",
        "prescribing_payments",
        "synthea_27",
    ),
    identifiers=("product_id", "rxcui", "ndc11", "drug_name", "crm_product_id"),
    indexes=(("productId",), ("brand",)),
    props={
        "id": Prop("string", PRODUCT_CLASS, S.PUBLIC, "Opaque, stable id minted by the twin.", required=True),
        "productId": Prop("string", PRODUCT_CLASS, S.PUBLIC, "Id in the company's product list."),
        "brand": Prop("string", PRODUCT_CLASS, S.PUBLIC, "Brand name, or the drug name a public file gives."),
        "generic": Prop("string", PRODUCT_CLASS, S.PUBLIC, "Generic name."),
        "ndc11s": Prop("strings", PRODUCT_CLASS, S.PUBLIC, "Package codes, eleven digits without dashes."),
        "rxcui": Prop("string", PRODUCT_CLASS, S.PUBLIC, "RxNorm concept id."),
        "atc": Prop("string", PRODUCT_CLASS, S.PUBLIC, "ATC class.", feature=Feature.CATEGORY),
        "mechanism": Prop("string", PRODUCT_CLASS, S.PUBLIC, "Mechanism of action."),
        "launchedOn": Prop("date", PRODUCT_CLASS, S.PUBLIC, "Launch date."),
        "own": Prop("boolean", PRODUCT_CLASS, S.PUBLIC, "True for the company's own product.", feature=Feature.NUMBER),
        "benefit": Prop("string", PRODUCT_CLASS, S.PUBLIC, "Benefit that pays for it.", values=("pharmacy", "medical")),
    },
)
