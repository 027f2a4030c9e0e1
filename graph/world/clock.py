"""The calendar of a world: days, weeks, deliveries and formulary editions.

A day is an integer: 0 is the start date, negative days lie in the unobserved past.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

WEEK = 7
DELIVERIES = 8
"""Weekly deliveries after the backfill, unless the settings say otherwise."""
PAST_WEEKS = 52
"""Unobserved weeks before the start: they fill the world with patients under treatment."""


def add_months(day: date, months: int) -> date:
    """The first of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Clock:
    """Calendar of the world that starts on `start` and lasts `months`, with `weekly` deliveries at its end."""

    start: date
    months: int
    weekly: int = DELIVERIES

    def day_of(self, when: date) -> int:
        return (when - self.start).days

    def date_of(self, day: int) -> date:
        return self.start + timedelta(days=int(day))

    def iso(self, day: int) -> str:
        return self.date_of(day).isoformat()

    @cached_property
    def days(self) -> int:
        """Observed days; day `days` is the first one after the world."""
        return self.day_of(add_months(self.start, self.months))

    @cached_property
    def weeks(self) -> int:
        """Simulated weeks from the start; the last one may be cut by the end."""
        return -(-self.days // WEEK)

    @cached_property
    def launch_month(self) -> int:
        """Months from the start to the launch of the own product."""
        return 3 if self.months >= 9 else 1

    @cached_property
    def launch(self) -> int:
        return self.day_of(add_months(self.start, self.launch_month))

    @cached_property
    def deliveries(self) -> tuple[int, ...]:
        """Delivery days: the backfill, then one each week; the last day of the world is last."""
        last = self.days - 1
        return tuple(last - WEEK * back for back in range(self.weekly, -1, -1))

    def delivery(self, number: int) -> int:
        """Day of the weekly delivery `number`, of the last one when there are fewer; 0 is the backfill."""
        return self.deliveries[min(number, self.weekly)]

    @cached_property
    def policy_change(self) -> int:
        """Day of the planted policy change inside the backfill, after three quarters of the world."""
        return self.day_of(add_months(self.start, self.months * 3 // 4))

    @cached_property
    def editions(self) -> tuple[int, ...]:
        """Days on which a formulary edition takes effect.

        The start, the launch, each January, the planted change, and the first of the last
        month, which falls among the weekly deliveries.
        """
        months = {0, self.months - 1}
        months |= {month for month in range(self.months) if add_months(self.start, month).month == 1}
        days = {self.day_of(add_months(self.start, month)) for month in months}
        return tuple(sorted(days | {self.launch, self.policy_change}))

    def edition_at(self, day: int) -> int:
        """Index of the edition in force on `day`; the first one also holds in the past."""
        return max(0, sum(1 for edition in self.editions if edition <= day) - 1)


def launch_week(clock: Clock) -> int:
    """First whole week in which the own product can be prescribed."""
    return -(-clock.launch // WEEK)
