"""Cohorts: the only form in which people under therapy are seen. Published month by month, never revised."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

CLASS = DataClass.COHORT
LEVELS = (
    "all",
    "planKind",
    "state",
    "siteOfCare",
    "planKind+state",
    "planKind+siteOfCare",
    "state+siteOfCare",
    "planKind+state+siteOfCare",
)

SEGMENT_LEVELS = ("all", "planKind", "state", "siteOfCare", "state+siteOfCare")
"""Those at which friction is told: a segment by plan and by prescriber would take sums of both apart."""

COHORT = NodeType(
    "Cohort",
    "How many people started a product in a month, for one group of the published lattice; no count of 1 to 10 "
    "can be worked out from all of them together.",
    key="id",
    written_by="analytics",
    logged=False,
    indexes=(("month", "level"), ("level",)),
    props={
        "id": Prop("string", CLASS, S.INTERNAL, "Opaque, stable id.", required=True),
        "month": Prop("date", CLASS, S.INTERNAL, "First day of the month in which they started.", required=True),
        "level": Prop(
            "string",
            CLASS,
            S.INTERNAL,
            "Dimensions that the group is told by, joined by a plus sign; the others are `all`. Groups of one level "
            "do not overlap: sum within a level only.",
            required=True,
            values=LEVELS,
        ),
        "planKind": Prop(
            "string", CLASS, S.INTERNAL, "Kind of the plan that adjudicated the first line, or `all`.", required=True
        ),
        "state": Prop("string", CLASS, S.INTERNAL, "State of the prescriber's practice, or `all`.", required=True),
        "siteOfCare": Prop(
            "string",
            CLASS,
            S.INTERNAL,
            "Kind of the account at which the prescriber practises, `several` when kinds differ, or `all`.",
            required=True,
        ),
        "patients": Prop(
            "integer",
            CLASS,
            S.CONFIDENTIAL,
            "People who started: 0, or 11 and more; null when withheld.",
            unit="people",
        ),
        "dispensed": Prop(
            "integer",
            CLASS,
            S.CONFIDENTIAL,
            "Those of them who got the product within 30 days of writing; null when withheld.",
            unit="people",
        ),
        "rejected": Prop(
            "integer",
            CLASS,
            S.CONFIDENTIAL,
            "Those of them with a rejected claim before the outcome, dispensed later or not; null when withheld.",
            unit="people",
        ),
        "suppressed": Prop(
            "boolean",
            CLASS,
            S.INTERNAL,
            "The group is withheld because it is small, or because a small one would follow from it.",
            required=True,
        ),
        "edition": Prop("string", CLASS, S.INTERNAL, "Publication of the month; a month has one, ever.", required=True),
        "asOf": Prop("date", CLASS, S.INTERNAL, "Day up to which claims were known to it.", required=True),
        "publishedAt": Prop("datetime", CLASS, S.INTERNAL, "When the month was published.", required=True),
    },
)

COHORT_SEGMENT = NodeType(
    "CohortSegment",
    "A group of the lattice of cohorts, of all months and products: what predictions are about.",
    key="id",
    written_by="model",
    logged=False,
    props={
        "id": Prop("string", CLASS, S.INTERNAL, "Opaque, stable id.", required=True),
        "level": Prop(
            "string",
            CLASS,
            S.INTERNAL,
            "Dimensions that the segment is told by, joined by a plus sign; the others are `all`.",
            required=True,
            values=SEGMENT_LEVELS,
        ),
        "planKind": Prop("string", CLASS, S.INTERNAL, "Kind of the plan, or `all`.", required=True),
        "state": Prop("string", CLASS, S.INTERNAL, "State of the prescriber's practice, or `all`.", required=True),
        "siteOfCare": Prop(
            "string",
            CLASS,
            S.INTERNAL,
            "Kind of the account at which the prescriber practises, `several` when kinds differ, or `all`.",
            required=True,
        ),
    },
)
