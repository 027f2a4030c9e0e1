"""What a refresh did, per source and in all."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class SourceReport:
    """One source over the deliveries of a call. Differences count claims; ``data_time`` is an ISO date."""

    name: str
    data_time: str | None = None
    rows_in: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    tombstoned: int = 0

    def add(self, other: "SourceReport") -> None:
        """Take in a later delivery of the same source."""
        self.data_time = other.data_time or self.data_time
        for name in ("rows_in", "rows_loaded", "rows_quarantined", "inserted", "updated", "unchanged", "tombstoned"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class RefreshReport:
    """The result of `refresh`; ``stages`` has seconds by stage and is not part of the JSON."""

    run: str | None
    published_seq: int
    seconds: float = 0.0
    write_transactions: int = 0
    sources: list[SourceReport] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "published_seq": self.published_seq,
            "seconds": round(self.seconds, 3),
            "write_transactions": self.write_transactions,
            "sources": [asdict(source) for source in self.sources],
        }

    def add(self, other: "RefreshReport") -> None:
        """Take in a later delivery of the same call."""
        self.run, self.published_seq = other.run, other.published_seq
        self.write_transactions += other.write_transactions
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
