"""The calendar: deliveries, editions and the launch fall where the docs say."""

from datetime import date

import pytest

from graph.world.clock import Clock


def test_the_default_calendar() -> None:
    # given
    clock = Clock(date(2024, 1, 1), 24)
    # then
    assert clock.days == 731
    assert clock.iso(clock.launch) == "2024-04-01"
    assert [clock.iso(day) for day in clock.deliveries] == [
        "2025-11-05", "2025-11-12", "2025-11-19", "2025-11-26", "2025-12-03",
        "2025-12-10", "2025-12-17", "2025-12-24", "2025-12-31",
    ]  # fmt: skip
    assert [clock.iso(day) for day in clock.editions] == [
        "2024-01-01", "2024-04-01", "2025-01-01", "2025-07-01", "2025-12-01",
    ]  # fmt: skip


@pytest.mark.parametrize("months", range(6, 40))
def test_the_last_edition_arrives_with_the_weekly_deliveries(months: int) -> None:
    # given
    clock = Clock(date(2023, 7, 1), months)
    # then
    assert clock.deliveries[0] < clock.editions[-1] <= clock.deliveries[-1] == clock.days - 1
    assert 0 < clock.launch < clock.policy_change < clock.deliveries[0] or months < 9
    assert clock.policy_change in clock.editions


def test_the_edition_in_force() -> None:
    # given
    clock = Clock(date(2024, 1, 1), 24)
    # then the first edition also holds in the unobserved past
    assert [clock.edition_at(day) for day in (-50, 0, 90, 91, 730)] == [0, 0, 0, 1, 4]
