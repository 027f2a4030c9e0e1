"""What a refresh did, per source and in all."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from graph.ingest.held import Held

SourceState = Literal["unchanged", "loaded", "held"]
NOTHING_NEW, QUARANTINED, APPROVAL, INCOMPLETE = 10, 20, 30, 40
"""Exit codes of ``--strict-exit``."""


@dataclass(slots=True)
class SourceReport:
    """One source over the deliveries of a call. Differences count claims; ``data_time`` is an ISO date.

    ``state`` is ``held`` when a delivery of it could not be used, for the ``reason`` given; ``loaded`` when one was
    taken or what it says was computed anew; else ``unchanged``. ``warnings`` tell what is new in its files and no
    reason to hold them.
    """

    name: str
    data_time: str | None = None
    rows_in: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    tombstoned: int = 0
    state: SourceState = "unchanged"
    reason: str | None = None
    approvable: bool = False
    warnings: list[str] = field(default_factory=list)

    def hold(self, held: Held) -> None:
        """What the source delivered is not taken."""
        self.state, self.reason, self.approvable = "held", held.reason, held.approvable

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "approvable"}

    def add(self, other: "SourceReport") -> None:
        """Take in a later delivery of the same source."""
        self.data_time = other.data_time or self.data_time
        for name in ("rows_in", "rows_loaded", "rows_quarantined", "inserted", "updated", "unchanged", "tombstoned"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.warnings += [one for one in other.warnings if one not in self.warnings]
        if other.state == "held":
            self.state, self.reason, self.approvable = other.state, other.reason, other.approvable
        elif other.state == "loaded" and self.state == "unchanged":
            self.state = "loaded"


@dataclass(slots=True)
class RefreshReport:
    """The result of `refresh`; ``stages`` has seconds by stage and is not part of the JSON.

    ``usable`` tells that a delivery of some source could be used, or had been used before.
    """

    run: str | None
    published_seq: int
    seconds: float = 0.0
    write_transactions: int = 0
    sources: list[SourceReport] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    usable: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "published_seq": self.published_seq,
            "seconds": round(self.seconds, 3),
            "write_transactions": self.write_transactions,
            "sources": [source.to_json() for source in self.sources],
        }

    @property
    def held(self) -> list[SourceReport]:
        """The sources of which a delivery could not be used."""
        return [one for one in self.sources if one.state == "held"]

    @property
    def changed(self) -> int:
        """Claims that differ from those before."""
        return sum(one.inserted + one.updated + one.tombstoned for one in self.sources)

    @property
    def strict_exit(self) -> int:
        """The finer exit code: 0 published, 10 nothing new, 20 with quarantine, 30 held for approval, 40 held."""
        if any(not one.approvable for one in self.held):
            return INCOMPLETE
        if self.held:
            return APPROVAL
        if any(one.rows_quarantined for one in self.sources):
            return QUARANTINED
        return 0 if any(one.state == "loaded" for one in self.sources) else NOTHING_NEW

    def add(self, other: "RefreshReport") -> None:
        """Take in a later delivery of the same call."""
        self.run, self.published_seq = other.run, other.published_seq
        self.write_transactions += other.write_transactions
        self.usable = self.usable or other.usable
        for source in other.sources:
            self.source(source.name).add(source)
        for stage, seconds in other.stages.items():
            self.stages[stage] = self.stages.get(stage, 0.0) + seconds

    def source(self, name: str) -> SourceReport:
        """The entry of a source, made when it is the first one."""
        for one in self.sources:
            if one.name == name:
                return one
        self.sources.append(SourceReport(name))
        return self.sources[-1]
