"""Feeds `research`, `scientific` and `medical_inquiries`: what HCPs said, did and asked."""

from collections.abc import Iterator

from graph.world.inquiries import TOPICS
from graph.world.research import STUDY
from graph.world.science import KNOWN_AFTER
from graph.world.world import World
from graph.world.writers.delivery import Delivery, window

RESEARCH_COLUMNS = "response_id,study,wave,npi,question_id,answer,answered_at,weight"
SCIENTIFIC_COLUMNS = "record_id,npi,kind,role,date,match_score"
INQUIRY_COLUMNS = "inquiry_id,npi,topic,received_at,unsolicited"


def write_research(world: World, delivery: Delivery, before: int, day: int) -> None:
    """Answers of the waves that ended in a window of days."""
    npi, clock = world.hcps.npi, world.clock
    lines = [
        f"{one.response_id},{STUDY},{one.wave},{npi[one.hcp]},{one.question},"
        f"{npi[one.nominated] if one.nominated >= 0 else one.answer},{clock.iso(one.day)},{one.weight}"
        for one in world.research
        if before < one.day <= day
    ]
    if lines:
        delivery.add(
            "research", f"research_{_stamp(delivery)}.csv", [RESEARCH_COLUMNS, *lines], header=True, complete=False
        )


def write_scientific(world: World, delivery: Delivery, before: int, day: int) -> None:
    """Records that became known in a window of days."""
    npi, clock = world.hcps.npi, world.clock
    lines = [
        f"{one.record_id},{npi[one.hcp]},{one.kind},{one.role},{clock.iso(one.day)},{one.score}"
        for one in world.science
        if before < one.day + KNOWN_AFTER <= day or (before < 0 and one.day + KNOWN_AFTER <= day)
    ]
    if lines:
        delivery.add(
            "scientific",
            f"scientific_{_stamp(delivery)}.csv",
            [SCIENTIFIC_COLUMNS, *lines],
            header=True,
            complete=False,
        )


def write_inquiries(world: World, delivery: Delivery, before: int, day: int) -> None:
    """Inquiries received in a window of days."""
    inquiries = world.inquiries

    def lines() -> Iterator[str]:
        yield INQUIRY_COLUMNS
        for one in window(inquiries.day, before, day):
            yield (
                f"Q{one:07d},{world.hcps.npi[inquiries.hcp[one]]},{TOPICS[inquiries.topic[one]]},"
                f"{world.clock.iso(inquiries.day[one])},{'true' if inquiries.unsolicited[one] else 'false'}"
            )

    name = f"medical_inquiries_{_stamp(delivery)}.csv"
    delivery.add("medical_inquiries", name, lines(), header=True, complete=False)


def _stamp(delivery: Delivery) -> str:
    return delivery.date.replace("-", "")
