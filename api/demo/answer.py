"""The demonstration's answer, as text for a person."""

from typing import Any

from api.commands.common import table


def field_table(rows: list[dict[str, Any]]) -> str:
    """One line per HCP and plan."""
    return table(
        ["HCP", "NPI", "plan", "saveable", "friction", "90 % interval", "main barrier", "why"],
        [[_person(row["hcp"]), row["hcp"]["npi"], row["plan"]["name"], *_numbers(row)] for row in rows],
    )


def access_table(rows: list[dict[str, Any]], subject: str) -> str:
    """One line per plan, account or territory; a hidden cell shows as a dash."""
    return table(
        [subject, "saveable", "friction", "90 % interval", "main barrier", "why"],
        [[_subject(row), *_numbers(row)] for row in rows],
    )


def seconds_table(seconds: dict[str, float]) -> str:
    """Stage and seconds, with the sum."""
    rows: list[list[object]] = [[stage, f"{value:.1f}"] for stage, value in seconds.items()]
    return table(["stage", "seconds"], [*rows, ["all", f"{sum(seconds.values()):.1f}"]])


def _person(hcp: dict[str, Any]) -> str:
    return " ".join(part for part in (hcp["firstName"], hcp["lastName"]) if part)


def _subject(row: dict[str, Any]) -> str:
    if row["plan"] is not None:
        payer = row["plan"]["payer"]
        return f"{payer['name']}: {row['plan']['name']}" if payer else str(row["plan"]["name"])
    return str((row["account"] or row["territory"] or {"name": "?"})["name"])


def _numbers(row: dict[str, Any]) -> list[object]:
    if row["value"] is None:
        return [None, None, None, None, "withheld"]
    drivers = row["drivers"]
    return [
        f"{row['saveableStarts']:.2f}",
        f"{row['value']:.0%}",
        f"{row['low']:.0%} to {row['high']:.0%}",
        row["mainBarrier"],
        drivers[0]["reason"] if drivers else None,
    ]
