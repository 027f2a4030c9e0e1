"""What every command shares: `--json`, printing a result, and settings."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
import orjson

from graph.errors import ConfigurationError
from graph.governance import Policy, load_policy
from graph.governance.load import POLICY_FILE
from graph.progress import be_quiet
from graph.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])


def json_option(function: Function) -> Function:
    """Add ``--json``; the command gets ``as_json`` and progress is silent when it is set."""

    def quieten(_context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
        if value:
            be_quiet()
        return value

    return click.option(
        "--json", "as_json", is_flag=True, callback=quieten, help="Print the result as JSON, for scripts."
    )(function)


def strict_exit_option(function: Function) -> Function:
    """Add ``--strict-exit``: the exit code tells what became of the deliveries."""
    return click.option(
        "--strict-exit", is_flag=True, help="Exit with 10, 20, 30 or 40 when not all of it was simply published."
    )(function)


def load_settings() -> Settings:
    """The settings of this process, from its environment."""
    return Settings.load()


def policy_in_use(settings: Settings) -> Policy:
    """The checked policy of the file that TWIN_POLICY_FILE names, else the packaged one."""
    return load_policy(settings.policy_file or POLICY_FILE)


def role_and_purpose(policy: Policy, role: str, purpose: str | None) -> tuple[str, str]:
    """The role with the purpose asked for or its first; raise `ConfigurationError` for one that does not exist."""
    if role not in policy.roles:
        raise ConfigurationError(f"unknown role {role!r}: use one of {', '.join(policy.roles)}")
    purposes = policy.roles[role].purposes
    if purpose is not None and purpose not in purposes:
        raise ConfigurationError(f"unknown purpose {purpose!r} of {role}: use one of {', '.join(purposes)}")
    return role, purpose or purposes[0]


def echo_result(result: Any, as_json: bool, text: str) -> None:
    """Print ``result`` as one JSON document, or ``text`` for people."""
    click.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode() if as_json else text)


def verdict_line(found: dict[str, Any]) -> str:
    """Whether peers are known to cause anything, from the keys ``verdict`` and ``verdict_reason`` of a result."""
    caution = ". So do not read this as cause" if found["verdict"] == "not identified" else ""
    return f"Do peers cause adoption? {found['verdict'].upper()}: {found['verdict_reason']}{caution}"


def table(headers: list[str], rows: list[list[object]]) -> str:
    """Rows as aligned columns; numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max([len(header), *(len(row[at]) for row in cells)]) for at, header in enumerate(headers)]
    numeric = [
        bool(rows) and all(isinstance(row[at], int | float) or row[at] is None for row in rows)
        for at in range(len(headers))
    ]

    def line(values: list[str]) -> str:
        return "  ".join(
            value.rjust(width) if number else value.ljust(width)
            for value, width, number in zip(values, widths, numeric, strict=True)
        ).rstrip()

    return "\n".join([line(headers), line(["-" * width for width in widths]), *(line(row) for row in cells)])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
