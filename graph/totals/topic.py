"""What totals are made of: a topic each for prescribing, interactions and medical inquiries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.disclosure.edition import Publication
from graph.disclosure.lattice import EITHER, YES

DIMENSIONS = ("state", "specialty", "siteOfCare")


@dataclass(frozen=True, slots=True)
class Topic:
    """A publication whose first measure counts HCPs, and the amounts that they add up to.

    ``amounts``: measures, with places on the axes of the outcomes. ``statement`` reads who did how much in a month.
    HCPs who withhold their prescribing are part of it ``with_withholding`` alone.
    """

    publication: Publication
    amounts: Mapping[str, tuple[int, ...]]
    statement: str
    with_withholding: bool

    @property
    def contributors(self) -> str:
        """The measure that counts HCPs."""
        return self.publication.measures[0]


def _publication(topic: str, label: str, prefix: str, *measures: str) -> Publication:
    return Publication(f"totals of {topic}", label, f"totals/{topic}", prefix, DIMENSIONS, measures)


TOPICS: dict[str, Topic] = {
    "prescribing": Topic(
        _publication("prescribing", "PrescribingTotal", "ptl", "prescribers", "trx", "nrx"),
        # Fills are first ones or refills: what was not a first fill follows from both, and is protected too.
        {"trx": (EITHER,), "nrx": (YES,)},
        "analytics/total_prescribing",
        with_withholding=False,
    ),
    "interaction": Topic(
        _publication("interaction", "InteractionTotal", "itl", "hcps", "interactions"),
        {"interactions": ()},
        "analytics/total_interaction",
        with_withholding=True,
    ),
    "inquiry": Topic(
        _publication("inquiry", "InquiryTotal", "qtl", "hcps", "inquiries"),
        {"inquiries": ()},
        "analytics/total_inquiry",
        with_withholding=True,
    ),
}
