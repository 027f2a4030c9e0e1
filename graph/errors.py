"""Every failure the twin expects, as one tree.

    TwinError
    ├── ConfigurationError     a setting is missing or wrong
    ├── InstallationError      an artifact, a runtime or the disk is not as needed
    ├── ServerError            the local Neo4j does not start, stop or answer as promised
    ├── StoreUnavailable       Neo4j cannot be reached or did not answer in time
    │   ├── LoginRefused       Neo4j does not know the user or the password
    │   └── StoreBusy          Neo4j ended a transaction that may go through when it is tried again
    ├── SourceError            a delivery, a mapping or a file cannot be used: its source is held
    │   ├── ApprovalNeeded     a delivery takes away so much that somebody has to approve it
    │   └── GraphMismatch      graph and state do not come from one another
    ├── PolicyError            the policy file contradicts itself or the declaration
    ├── AuditUnavailable       the audit cannot be written: nothing may be answered
    ├── AuditTampered          the audit is not what was written
    ├── NotFound               the thing asked for is not in the twin
    ├── ModelError             a model cannot be trained, loaded or applied
    ├── DisclosureError        a publication would give away a small count of people: nothing of it is published
    ├── LeaseHeld              another run is writing
    └── Stopped                a job was asked to stop and can be resumed

A message is one line: it names the thing, shows the value with ``!r`` and says what to do.
"""


class TwinError(Exception):
    """Something expected went wrong; the message is meant for people."""

    exit_code = 1


class ConfigurationError(TwinError):
    """A setting is missing or wrong."""

    exit_code = 2


class InstallationError(TwinError):
    """An artifact, a runtime or the disk is not as needed."""

    exit_code = 3


class ServerError(TwinError):
    """The local Neo4j does not start, stop or answer as promised."""

    exit_code = 4


class SourceError(TwinError):
    """A delivery, a mapping or a file cannot be used; the committed state stands."""

    exit_code = 40


class ApprovalNeeded(SourceError):
    """A delivery takes away so much that somebody has to say that it is meant."""

    exit_code = 30


class GraphMismatch(SourceError):
    """The graph is not the one that TWIN_HOME/state was made with."""


class LeaseHeld(TwinError):
    """Another run is writing to the twin."""

    exit_code = 50


class StoreUnavailable(TwinError):
    """Neo4j cannot be reached or did not answer in time."""

    exit_code = 60


class LoginRefused(StoreUnavailable):
    """Neo4j does not know the user or the password: waiting does not help."""


class StoreBusy(StoreUnavailable):
    """Neo4j ended a transaction (a lock, a deadlock, its time limit) that may go through when it is tried again."""


class Stopped(TwinError):
    """A job was asked to stop, did so at a safe place, and can be resumed."""

    exit_code = 75


class PolicyError(TwinError):
    """The policy file contradicts itself or the declaration."""

    exit_code = 5


class AuditUnavailable(TwinError):
    """The audit cannot be written, so nothing may be answered."""


class AuditTampered(TwinError):
    """The audit is not what was written."""

    exit_code = 42


class NotFound(TwinError):
    """The thing asked for is not in the twin, or not for the one who asks."""

    exit_code = 6


class ModelError(TwinError):
    """A model cannot be trained, loaded or applied."""

    exit_code = 7


class DisclosureError(TwinError):
    """A publication would give away a small count of people; nothing of it is published."""

    exit_code = 8
