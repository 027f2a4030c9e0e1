"""Science: what HCPs publish, investigate and present."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

SCIENTIFIC = DataClass.SCIENTIFIC

SCIENTIFIC_ACTIVITY = NodeType(
    "ScientificActivity",
    "A publication, trial or congress to which an HCP probably contributed: authors carry no NPI.",
    key="id",
    precedence=("scientific",),
    identifiers=("record_id",),
    props={
        "id": Prop("string", SCIENTIFIC, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "kind": Prop("string", SCIENTIFIC, S.INTERNAL, "What it is.", values=("publication", "trial", "congress")),
        "role": Prop("string", SCIENTIFIC, S.INTERNAL, "Part that the HCP had in it."),
        "date": Prop("date", SCIENTIFIC, S.INTERNAL, "Day of publication, of the trial's start, of the congress."),
        "matchScore": Prop("float", SCIENTIFIC, S.INTERNAL, "How surely author and HCP are one person, 0 to 1."),
    },
)
