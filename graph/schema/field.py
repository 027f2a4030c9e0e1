"""What the field does: interactions, the consent to them, suggestions, notes."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

INTERACTED = DataClass.INTERACTION
CHOICE = DataClass.PRIVACY_CHOICE
SUGGESTED = DataClass.SUGGESTION
NOTED = DataClass.FIELD_NOTE
CHANNELS = ("face_to_face", "virtual", "phone", "email", "event", "other")

INTERACTION = NodeType(
    "Interaction",
    "A call or a message of the field to an HCP or an account, as the CRM reports it.",
    key="id",
    precedence=("crm",),
    identifiers=("call_id",),
    indexes=(("occurredOn",),),
    props={
        "id": Prop("string", INTERACTED, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "channel": Prop("string", INTERACTED, S.INTERNAL, "How it took place.", values=CHANNELS),
        "kind": Prop("string", INTERACTED, S.INTERNAL, "Kind of call, or `email`, as the CRM says."),
        "occurredOn": Prop("date", INTERACTED, S.INTERNAL, "Day it took place, or is planned for."),
        "durationMinutes": Prop("integer", INTERACTED, S.INTERNAL, "How long it took.", unit="minutes"),
        "status": Prop("string", INTERACTED, S.INTERNAL, "Planned, saved, submitted; of a message its delivery."),
        "outcome": Prop("string", INTERACTED, S.CONFIDENTIAL, "Outcome as the CRM words it."),
        "opened": Prop("boolean", INTERACTED, S.CONFIDENTIAL, "The message was opened; null for calls."),
        "clicked": Prop("boolean", INTERACTED, S.CONFIDENTIAL, "A link of it was clicked; null for calls."),
    },
)

CONSENT = NodeType(
    "Consent",
    "The HCP's choice for one channel: the latest captured one counts.",
    key="id",
    precedence=("crm",),
    identifiers=("consent_id",),
    props={
        "id": Prop("string", CHOICE, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "channel": Prop("string", CHOICE, S.INTERNAL, "Channel the choice is about, such as email."),
        "choice": Prop("string", CHOICE, S.CONFIDENTIAL, "What was chosen.", values=("opt_in", "opt_out")),
        "capturedOn": Prop("date", CHOICE, S.CONFIDENTIAL, "Day the choice was captured."),
    },
)

SUGGESTION = NodeType(
    "Suggestion",
    "A hint given to a member of the field force, with the answer to it.",
    key="id",
    precedence=("crm",),
    identifiers=("suggestion_id",),
    indexes=(("suggestedOn",),),
    props={
        "id": Prop("string", SUGGESTED, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "title": Prop("string", SUGGESTED, S.INTERNAL, "Title as shown."),
        "reason": Prop("string", SUGGESTED, S.CONFIDENTIAL, "Reason as shown.", replica=False),
        "priority": Prop("string", SUGGESTED, S.INTERNAL, "Priority as shown, such as normal or urgent."),
        "suggestedOn": Prop("date", SUGGESTED, S.INTERNAL, "Day it was given."),
        "arm": Prop("string", SUGGESTED, S.INTERNAL, "Arm of the trial, where promotion was randomised."),
        "propensity": Prop("float", SUGGESTED, S.INTERNAL, "Probability with which this arm was drawn."),
        "response": Prop("string", SUGGESTED, S.INTERNAL, "Last answer to it, such as executed or dismissed."),
        "respondedOn": Prop("date", SUGGESTED, S.INTERNAL, "Day of that answer."),
    },
)

FIELD_NOTE = NodeType(
    "FieldNote",
    "What a member of the field force wrote down, scrubbed of persons and their numbers before it is stored.",
    key="id",
    precedence=("field_notes",),
    identifiers=("note_id",),
    props={
        "id": Prop("string", NOTED, S.INTERNAL, "Opaque, stable id minted by the twin.", required=True),
        "writtenOn": Prop("date", NOTED, S.INTERNAL, "Day it was written."),
        "text": Prop("string", NOTED, S.CONFIDENTIAL, "The scrubbed text.", replica=False),
        "removed": Prop("strings", NOTED, S.INTERNAL, "Kinds of things that were removed, each with how often."),
    },
)
