"""Predictions and the models that made them."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

PREDICTED = DataClass.PREDICTION
PRESCRIBING = DataClass.PRESCRIBING
TASKS = ("access_friction", "adoption", "influence")
MODEL_STATES = ("champion", "challenger", "retired")
PEER_VERDICTS = ("identified by instrument", "adjusted, with sensitivity bound", "not identified")
DRIFT_VERDICTS = ("stable", "watch", "retrain")
RELEASES = (DataClass.ACCESS_FRICTION, DataClass.INFLUENCE, DataClass.ADOPTION)
"""The data classes under which tasks release their predictions."""
SUBJECTS = {
    "hcp": "HCP",
    "hcp_plan": "HCP",
    "plan": "Plan",
    "payer": "Payer",
    "account": "Account",
    "territory": "Territory",
    "cohort": "CohortSegment",
}
"""The label that a prediction of each level is about."""

PREDICTION = NodeType(
    "Prediction",
    "One current value per task and subject, in natural units, with its interval and its reasons.",
    key="id",
    written_by="model",
    logged=True,
    indexes=(("task", "level"), ("dataClass",)),
    props={
        "id": Prop("string", PREDICTED, S.INTERNAL, "Opaque, stable id: task and subject.", required=True),
        "task": Prop("string", PREDICTED, S.INTERNAL, "Model task.", required=True, values=TASKS),
        "level": Prop(
            "string",
            PREDICTED,
            S.INTERNAL,
            "What kind of subject the value is about.",
            required=True,
            values=tuple(SUBJECTS),
        ),
        "dataClass": Prop(
            "string", PREDICTED, S.INTERNAL, "Data class under which the task releases the value.", required=True
        ),
        "dataClasses": Prop("strings", PREDICTED, S.INTERNAL, "Data classes of all inputs.", required=True),
        "value": Prop("float", PREDICTED, S.CONFIDENTIAL, "The value in its unit.", required=True),
        "low": Prop("float", PREDICTED, S.CONFIDENTIAL, "Lower end of the 90 % interval."),
        "high": Prop("float", PREDICTED, S.CONFIDENTIAL, "Upper end of the 90 % interval."),
        "unit": Prop("string", PREDICTED, S.INTERNAL, "Unit of the value.", required=True),
        "horizonDays": Prop("integer", PREDICTED, S.INTERNAL, "Days after asOf that it speaks of.", required=True),
        "asOf": Prop("date", PREDICTED, S.INTERNAL, "Date up to which facts were known.", required=True),
        "expectedStarts": Prop(
            "float", PREDICTED, S.CONFIDENTIAL, "Starts expected in the 28 days after asOf.", unit="starts"
        ),
        "saveableStarts": Prop(
            "float",
            PREDICTED,
            S.CONFIDENTIAL,
            "Expected starts x friction x share of the PA, STEP and LIMIT barriers.",
            unit="starts",
        ),
        "mainBarrier": Prop("string", PREDICTED, S.CONFIDENTIAL, "Barrier with the largest share."),
        "barrierShares": Prop(
            "floats",
            PREDICTED,
            S.CONFIDENTIAL,
            "Parts of the friction by barrier in the order COVERAGE, PA, STEP, LIMIT, ELIGIBILITY, COST, OTHER.",
        ),
        "evidenceStarts": Prop(
            "integer", PREDICTED, S.CONFIDENTIAL, "Mature starts observed behind the value; aggregates need 11."
        ),
        "policySays": Prop(
            "float",
            PREDICTED,
            S.CONFIDENTIAL,
            "Share of starts not dispensed under other plans' policies with the same rules; null where there are none.",
        ),
        "claimsShow": Prop(
            "float",
            PREDICTED,
            S.CONFIDENTIAL,
            "Share of the plan's own mature starts of a year that were not dispensed since its policy began.",
        ),
        "claimsStarts": Prop(
            "integer", PREDICTED, S.CONFIDENTIAL, "Mature starts that claimsShow is a share of.", unit="starts"
        ),
        "policyGap": Prop(
            "float",
            PREDICTED,
            S.CONFIDENTIAL,
            "What claims show minus what the policy says: positive where access is harder than the rules.",
        ),
        "verdict": Prop(
            "string",
            PREDICTED,
            S.INTERNAL,
            "Of influence: whether the data tell that peers cause adoption; only what is identified or adjusted may be "
            "read as cause.",
            values=PEER_VERDICTS,
        ),
        "policyGapLow": Prop(
            "float",
            PREDICTED,
            S.CONFIDENTIAL,
            "Lower end of the gap's 90 % interval, by chance in both rates: above 0 where access is surely harder.",
        ),
        "policyGapHigh": Prop("float", PREDICTED, S.CONFIDENTIAL, "Upper end of the gap's 90 % interval."),
        "clinicalLead": Prop(
            "float",
            PRESCRIBING,
            S.CONFIDENTIAL,
            "Component of influence: starts the HCP had written, on average, when another of its specialty and state "
            "wrote its first; null where fewer than three others have begun.",
            unit="starts",
        ),
        "modelId": Prop(
            "string",
            PREDICTED,
            S.INTERNAL,
            "Id of the model that made it: changes with the value, before `BY` does.",
            required=True,
        ),
        "explained": Prop(
            "boolean",
            PREDICTED,
            S.CONFIDENTIAL,
            "Whether its reasons are stored, as for the highest of each territory; `twin explain` gives the others.",
        ),
    },
)

MODEL_VERSION = NodeType(
    "ModelVersion",
    "A trained model with what it was trained on and how it fared.",
    key="id",
    written_by="model",
    props={
        "id": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Opaque id of the version.", required=True),
        "task": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Model task.", required=True, values=TASKS),
        "version": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Readable version.", required=True),
        "kind": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Which predictor won and is used."),
        "asOf": Prop("date", DataClass.OPERATIONS, S.INTERNAL, "Snapshot date of the training end."),
        "trainedAt": Prop("datetime", DataClass.OPERATIONS, S.INTERNAL, "When training ended."),
        "seed": Prop("integer", DataClass.OPERATIONS, S.INTERNAL, "Random seed."),
        "dataFingerprint": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Fingerprint of the training snapshots."),
        "features": Prop("strings", DataClass.OPERATIONS, S.INTERNAL, "Names of the features."),
        "metrics": Prop(
            "string",
            DataClass.OPERATIONS,
            S.INTERNAL,
            "Metrics of every model compared, by slice, with what the gates said, as JSON.",
        ),
        "weightsSha256": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Checksum of the weights file."),
        "codeVersion": Prop("string", DataClass.OPERATIONS, S.INTERNAL, "Version of the twin that trained it."),
        "promoted": Prop("boolean", DataClass.OPERATIONS, S.INTERNAL, "True for the version in use."),
        "state": Prop(
            "string",
            DataClass.OPERATIONS,
            S.INTERNAL,
            "champion: in use; challenger: kept, not in use; retired: was in use.",
            values=MODEL_STATES,
        ),
        "stateSince": Prop("datetime", DataClass.OPERATIONS, S.INTERNAL, "Since when it is in that state."),
        "stateReason": Prop(
            "string", DataClass.OPERATIONS, S.INTERNAL, "Why: figures of the gates, or a person's words."
        ),
        "stateBy": Prop(
            "string", DataClass.OPERATIONS, S.CONFIDENTIAL, "Who decided: the gates, or the login of a person."
        ),
        "drift": Prop(
            "string",
            DataClass.OPERATIONS,
            S.INTERNAL,
            "How far what it scored last lies from what it was trained on, as JSON.",
        ),
        "driftVerdict": Prop(
            "string", DataClass.OPERATIONS, S.INTERNAL, "What follows from the drift.", values=DRIFT_VERDICTS
        ),
    },
)
