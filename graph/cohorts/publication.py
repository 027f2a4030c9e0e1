"""What cohorts are: their dimensions, and which counts of people are shown."""

from graph.disclosure.edition import Publication
from graph.disclosure.lattice import EITHER, YES

MEASURES: dict[str, tuple[int, int]] = {
    "patients": (EITHER, EITHER),
    "dispensed": (YES, EITHER),
    "rejected": (EITHER, YES),
}
"""What is shown of a cohort: places on the axes *dispensed* and *rejected*. The other five quantities never are."""

COHORTS = Publication(
    name="cohorts",
    label="Cohort",
    folder="cohorts",
    prefix="coh",
    dimensions=("planKind", "state", "siteOfCare"),
    measures=tuple(MEASURES),
)
