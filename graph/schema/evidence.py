"""Where values come from: identifiers, sources, runs, changes, and the counters that readers check."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

LINEAGE = DataClass.LINEAGE
OPERATIONS = DataClass.OPERATIONS
OPERATION = ("added", "changed", "ended")
KIND = ("new", "late", "correction", "policy_edition", "alignment", "identity", "model")

IDENTIFIER = NodeType(
    "Identifier",
    "A name the outside has for an entity: loaders resolve through it.",
    key="key",
    logged=False,
    props={
        "key": Prop("string", LINEAGE, S.CONFIDENTIAL, "System and value joined by a bar.", required=True),
        "system": Prop("string", LINEAGE, S.INTERNAL, "System that issues the identifier.", required=True),
        "value": Prop("string", LINEAGE, S.CONFIDENTIAL, "The identifier; for people in claims a keyed token."),
    },
)

SOURCE = NodeType(
    "Source",
    "A feed with the age of its data.",
    key="name",
    written_by="ledger",
    props={
        "name": Prop("string", OPERATIONS, S.INTERNAL, "Name of the mapping.", required=True),
        "mappingVersion": Prop("string", OPERATIONS, S.INTERNAL, "Checksum of the mapping file."),
        "state": Prop(
            "string",
            OPERATIONS,
            S.INTERNAL,
            "Whether its newest delivery counts.",
            values=("loaded", "held", "withdrawn"),
        ),
        "heldReason": Prop("string", OPERATIONS, S.INTERNAL, "Why a delivery of it is not taken."),
        "heldSince": Prop("date", OPERATIONS, S.INTERNAL, "Delivery since which it is held."),
        "dataTime": Prop("date", OPERATIONS, S.INTERNAL, "Newest date its data speaks of."),
        "deliveredOn": Prop("date", OPERATIONS, S.INTERNAL, "Newest delivery that was taken."),
        "expectedEveryDays": Prop("integer", OPERATIONS, S.INTERNAL, "How often it should be delivered.", unit="days"),
        "staleSince": Prop("date", OPERATIONS, S.INTERNAL, "Day on which a delivery was due and did not come."),
        "refreshedAt": Prop("datetime", OPERATIONS, S.INTERNAL, "When a delivery was last applied."),
        "rowsIn": Prop("integer", OPERATIONS, S.INTERNAL, "Rows of the last delivery.", unit="rows"),
        "rowsLoaded": Prop("integer", OPERATIONS, S.INTERNAL, "Rows accepted of the last delivery.", unit="rows"),
        "rowsQuarantined": Prop("integer", OPERATIONS, S.INTERNAL, "Rows put aside.", unit="rows"),
    },
)

REFRESH_RUN = NodeType(
    "RefreshRun",
    "One refresh: its mark tells whether its differences are in the graph.",
    key="id",
    written_by="ledger",
    indexes=(("startedAt",),),
    props={
        "id": Prop("string", OPERATIONS, S.INTERNAL, "Run id.", required=True),
        "state": Prop(
            "string",
            OPERATIONS,
            S.INTERNAL,
            "How far it came: `held` when nothing of it could be taken.",
            values=("applying", "published", "held"),
        ),
        "deliveredOn": Prop("date", OPERATIONS, S.INTERNAL, "Date of the delivery."),
        "startedAt": Prop("datetime", OPERATIONS, S.INTERNAL, "When it started."),
        "finishedAt": Prop("datetime", OPERATIONS, S.INTERNAL, "When it was published."),
        "sequence": Prop("integer", OPERATIONS, S.INTERNAL, "Published sequence of this run."),
        "batches": Prop(
            "integer", OPERATIONS, S.INTERNAL, "Batches of it in the graph; all of them once finishedAt is set."
        ),
        "fingerprint": Prop("string", OPERATIONS, S.INTERNAL, "Checksum of the differences applied."),
        "inserted": Prop("integer", OPERATIONS, S.INTERNAL, "Nodes and relationships new.", unit="rows"),
        "updated": Prop("integer", OPERATIONS, S.INTERNAL, "Nodes and relationships changed.", unit="rows"),
        "tombstoned": Prop("integer", OPERATIONS, S.INTERNAL, "Nodes and relationships ended.", unit="rows"),
    },
)

CHANGE = NodeType(
    "Change",
    "One applied difference: what was, what is, when it held, when it was known, from which record.",
    key="id",
    written_by="ledger",
    indexes=(("entityId", "recordedOn"), ("otherId", "recordedOn"), ("recordedOn",)),
    props={
        "id": Prop("string", LINEAGE, S.INTERNAL, "Opaque id.", required=True),
        "entityId": Prop("string", LINEAGE, S.INTERNAL, "Entity that changed.", required=True),
        "otherId": Prop("string", LINEAGE, S.INTERNAL, "Other end of a relationship that starts at the entity."),
        "label": Prop("string", LINEAGE, S.INTERNAL, "Label of the entity, or type of the relationship."),
        "property": Prop("string", LINEAGE, S.INTERNAL, "Property that changed; null for a whole entity."),
        "operation": Prop("string", LINEAGE, S.INTERNAL, "What happened.", values=OPERATION),
        "kind": Prop("string", LINEAGE, S.INTERNAL, "Why it was not so before.", values=KIND),
        "old": Prop("string", LINEAGE, S.CONFIDENTIAL, "Value before, as JSON; a replica has those of its properties."),
        "new": Prop("string", LINEAGE, S.CONFIDENTIAL, "Value after, as JSON; a replica has those of its properties."),
        "validAt": Prop("date", LINEAGE, S.INTERNAL, "When it began to hold."),
        "knownAt": Prop("date", LINEAGE, S.INTERNAL, "When it could be known."),
        "recordedOn": Prop(
            "date", LINEAGE, S.INTERNAL, "Date of the newest delivery when it was applied: never earlier than before."
        ),
        "source": Prop("string", LINEAGE, S.INTERNAL, "Mapping whose claim came, changed or went; or `score`."),
        "record": Prop("string", LINEAGE, S.INTERNAL, "File and row of that claim; the model's version."),
        "run": Prop("string", LINEAGE, S.INTERNAL, "Run that applied it, or on which it was scored."),
        "dataClasses": Prop("strings", LINEAGE, S.INTERNAL, "Data classes of the value."),
    },
)

TOMBSTONE = NodeType(
    "Tombstone",
    "An entity that no source claims any more, with its last properties; it keeps its id for its return.",
    key="id",
    written_by="ledger",
    props={
        "id": Prop("string", LINEAGE, S.INTERNAL, "Id of the entity.", required=True),
        "label": Prop("string", LINEAGE, S.INTERNAL, "Its label."),
        "endedOn": Prop("date", LINEAGE, S.INTERNAL, "Date of the delivery without it."),
        "run": Prop("string", LINEAGE, S.INTERNAL, "Run that ended it."),
    },
)

SEQUENCE = NodeType(
    "Sequence",
    "Two counters, `writing` and `published`: equal when nothing is in the middle of its commit; and `scoring` while "
    "predictions are written that nobody sees yet.",
    key="name",
    written_by="ledger",
    props={
        "name": Prop("string", OPERATIONS, S.INTERNAL, "Name of the counter.", required=True),
        "value": Prop("integer", OPERATIONS, S.INTERNAL, "Value of the counter.", required=True),
    },
)

LEASE = NodeType(
    "Lease",
    "The right to work on a source, or to write: whoever holds the token of now may.",
    key="name",
    written_by="ledger",
    props={
        "name": Prop("string", OPERATIONS, S.INTERNAL, "A source, or `apply` for writing.", required=True),
        "token": Prop("integer", OPERATIONS, S.INTERNAL, "Raised at each taking; an older one is refused."),
        "owner": Prop("string", OPERATIONS, S.INTERNAL, "Process that holds it; null when nobody does."),
        "until": Prop("datetime", OPERATIONS, S.INTERNAL, "When it ends unless it is renewed, by the server's clock."),
        "checkedAt": Prop("datetime", OPERATIONS, S.INTERNAL, "When it was last looked at under its lock."),
    },
)
