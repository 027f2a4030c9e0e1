"""What people say against predictions: one more source, from which the next training may learn."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

PREDICTED = DataClass.PREDICTION
OVERRIDABLE = ("access_friction", "adoption")
"""Tasks whose predictions of single HCPs a person may override; influence is read from the adoption model."""
VERDICTS = ("will_happen", "will_not_happen")
REASONS = (
    "RETIRED",
    "MOVED",
    "FORMULARY_DECISION",
    "PATIENT_MIX",
    "SAFETY_CONCERN",
    "OTHER",
)
ROLES = ("brand", "field_rep", "data_science")
"""Roles that may read the predictions of both tasks about single HCPs. Medical and patient support are not among them:
what they know must not reach commercial predictions."""

OVERRIDE = NodeType(
    "Override",
    "What a person said on one day against a prediction: that what it is about will come, or will not. A correction is "
    "another one, which ends it.",
    key="id",
    precedence=("prediction_overrides",),
    identifiers=("override_key",),
    indexes=(("madeOn",),),
    props={
        "id": Prop("string", PREDICTED, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "task": Prop("string", PREDICTED, S.INTERNAL, "Model task it is about.", required=True, values=OVERRIDABLE),
        "verdict": Prop(
            "string",
            PREDICTED,
            S.CONFIDENTIAL,
            "Whether the first start, or of access friction the loss of starts, will come.",
            required=True,
            values=VERDICTS,
        ),
        "reason": Prop("string", PREDICTED, S.CONFIDENTIAL, "Why, from a closed list.", values=REASONS),
        "role": Prop("string", PREDICTED, S.INTERNAL, "Role of who said so; never a person.", values=ROLES),
        "madeOn": Prop("date", PREDICTED, S.INTERNAL, "Day on which it was said.", required=True),
        "closesOn": Prop("date", PREDICTED, S.INTERNAL, "Last day of what it speaks of: the task's horizon later."),
        "endedOn": Prop(
            "date", PREDICTED, S.INTERNAL, "Day on which it was corrected or withdrawn; null while it stands."
        ),
        "modelVersion": Prop("string", PREDICTED, S.INTERNAL, "Version of the model that had predicted otherwise."),
    },
)
