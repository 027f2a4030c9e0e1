"""Which months can be published."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

MATURE_DAYS = 60
"""After its last day a month's outcomes are known, and late claims are there."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the facts reach: ``first`` is a day of the first of them, None without any."""

    first: datetime.date | None
    known_to: datetime.date | None

    def mature_months(self) -> list[datetime.date]:
        """Every mature month but the first, of which only a part was observed."""
        if self.first is None or self.known_to is None:
            return []
        months, month = [], next_month(self.first)
        while next_month(month) + datetime.timedelta(days=MATURE_DAYS - 1) <= self.known_to:
            months.append(month)
            month = next_month(month)
        return months


def next_month(day: datetime.date) -> datetime.date:
    """The first day of the month after the one of ``day``."""
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
