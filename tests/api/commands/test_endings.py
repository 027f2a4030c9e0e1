"""How a command ends when it fails: one line, one exit code."""

from typing import NoReturn

import click
import pytest

from api.cli import main, twin
from graph.errors import ModelError


def interrupted_while_tidying() -> NoReturn:
    try:
        raise KeyboardInterrupt
    finally:
        raise ConnectionError("the connection is in no state to go on")


def failing(error: Exception) -> NoReturn:
    raise error


@pytest.mark.parametrize(
    ("do", "code", "line"),
    [
        (interrupted_while_tidying, 130, "interrupted"),
        (lambda: failing(ModelError("no model")), 7, "error: no model"),
        (
            lambda: failing(OSError(28, "No space left on device", "/full")),
            1,
            "error: '/full': No space left on device; `twin doctor` checks folders and disk",
        ),
        (
            lambda: failing(ValueError("secret")),
            70,
            "error: ValueError: a defect in the twin; run `twin --debug …` to see where",
        ),
    ],
)
def test_a_failure_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, do: object, code: int, line: str
) -> None:
    monkeypatch.setattr(twin, "get_command", lambda *_: click.Command("anything", callback=do))  # type: ignore[arg-type]
    with pytest.raises(SystemExit) as ended:
        main(["anything"])
    assert (ended.value.code, capsys.readouterr().err) == (code, f"{line}\n")
