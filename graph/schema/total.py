"""Totals: the form in which those who plan for many see what HCPs did. Published month by month, never revised."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

LEVELS = (
    "all",
    "state",
    "specialty",
    "siteOfCare",
    "state+specialty",
    "state+siteOfCare",
    "specialty+siteOfCare",
    "state+specialty+siteOfCare",
)


def _total(
    label: str, doc: str, data_class: DataClass, happened: str, measures: dict[str, tuple[str, str]]
) -> NodeType:
    """Groups of one topic; ``measures`` have a meaning and a unit, ``happened`` says of which month they are."""
    return NodeType(
        label,
        doc,
        key="id",
        written_by="analytics",
        logged=False,
        indexes=(("month", "level"), ("level",)),
        props={
            "id": Prop("string", data_class, S.INTERNAL, "Opaque, stable id.", required=True),
            "month": Prop("date", data_class, S.INTERNAL, f"First day of the month {happened}.", required=True),
            "level": Prop(
                "string",
                data_class,
                S.INTERNAL,
                "Dimensions that the group is told by, joined by a plus sign; the others are `all`. Groups of one "
                "level do not overlap: sum within a level only.",
                required=True,
                values=LEVELS,
            ),
            "state": Prop("string", data_class, S.INTERNAL, "State of the HCP's practice, or `all`.", required=True),
            "specialty": Prop(
                "string",
                data_class,
                S.INTERNAL,
                "Specialization of the HCP's primary taxonomy, else its classification, or `all`.",
                required=True,
            ),
            "siteOfCare": Prop(
                "string",
                data_class,
                S.INTERNAL,
                "Kind of the account at which the HCP practises, `several` when kinds differ, or `all`.",
                required=True,
            ),
            **{
                name: Prop("integer", data_class, S.CONFIDENTIAL, f"{meaning}; null when withheld.", unit=unit)
                for name, (meaning, unit) in measures.items()
            },
            "suppressed": Prop(
                "boolean",
                data_class,
                S.INTERNAL,
                "The group is withheld because it is small, or because a small one would follow from it.",
                required=True,
            ),
            "edition": Prop(
                "string", data_class, S.INTERNAL, "Publication of the month; a month has one, ever.", required=True
            ),
            "asOf": Prop("date", data_class, S.INTERNAL, "Day up to which facts were known to it.", required=True),
            "publishedAt": Prop("datetime", data_class, S.INTERNAL, "When the month was published.", required=True),
        },
    )


PRESCRIBING_TOTAL = _total(
    "PrescribingTotal",
    "Prescribing of a product in a month by the HCPs of one group, without those who withhold theirs; nothing that few "
    "of them did can be worked out from all groups together.",
    DataClass.PRESCRIBING,
    "in which it was dispensed",
    {
        "prescribers": ("HCPs with at least one paid fill: 0, or 11 and more", "HCPs"),
        "trx": ("Paid fills: 0, or 11 and more", "fills"),
        "nrx": ("Paid first fills of a prescription: 0, or 11 and more", "fills"),
    },
)

INTERACTION_TOTAL = _total(
    "InteractionTotal",
    "Calls and messages of a month to the HCPs of one group; nothing about few of them can be worked out from all "
    "groups together.",
    DataClass.INTERACTION,
    "in which they took place",
    {
        "hcps": ("HCPs who were contacted: 0, or 11 and more", "HCPs"),
        "interactions": ("Calls and messages to them: 0, or 11 and more", "interactions"),
    },
)

INQUIRY_TOTAL = _total(
    "InquiryTotal",
    "Medical inquiries of a month by the HCPs of one group; nothing about few of them can be worked out from all "
    "groups together.",
    DataClass.MEDICAL,
    "in which they arrived",
    {
        "hcps": ("HCPs who asked: 0, or 11 and more", "HCPs"),
        "inquiries": ("Inquiries of theirs: 0, or 11 and more", "inquiries"),
    },
)

TOTALS = (PRESCRIBING_TOTAL, INTERACTION_TOTAL, INQUIRY_TOTAL)
