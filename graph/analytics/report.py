"""What an analysis found, typed."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One algorithm: the property it wrote, on how many nodes, and what it says about the whole."""

    name: str
    property: str
    written: int
    seconds: float
    findings: dict[str, float]


@dataclass(frozen=True, slots=True)
class AnalysisReport:
    """One run over one projection."""

    run: str
    analysed_on: date
    nodes: int
    relationships: int
    algorithms: tuple[Algorithm, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            "run": self.run,
            "analysed_on": self.analysed_on.isoformat(),
            "nodes": self.nodes,
            "relationships": self.relationships,
            "algorithms": [asdict(algorithm) for algorithm in self.algorithms],
            "seconds": round(self.seconds, 2),
        }
