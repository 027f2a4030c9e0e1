"""The sample world: synthetic HCPs, payers, patients and claims with a known truth.

`build` writes dated deliveries in the formats that real loaders accept, and the truth beside
them. Everything follows from the settings: the same settings give the same bytes.
"""

from graph.world.build import WorldReport, build
from graph.world.errors import WorldError
from graph.world.settings import WorldSettings

__all__ = ["WorldError", "WorldReport", "WorldSettings", "build"]
