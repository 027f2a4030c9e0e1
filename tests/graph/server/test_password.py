"""The password file."""

import stat
from pathlib import Path

import pytest

from graph.errors import ServerError
from graph.server.password import ensure_password, read_password


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_password_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "password"

    first, second = ensure_password(file), ensure_password(file)

    assert first == second == file.read_text(encoding="utf-8").strip()
    assert len(first) == 32
    assert mode(file) == 0o600


def test_two_homes_have_two_passwords(tmp_path: Path) -> None:
    assert ensure_password(tmp_path / "one") != ensure_password(tmp_path / "two")


def test_a_file_open_to_others_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "password"
    ensure_password(file)
    file.chmod(0o644)

    ensure_password(file)

    assert mode(file) == 0o600


@pytest.mark.parametrize("content", ["", "short\n"])
def test_a_file_without_a_password_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "password"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(ServerError, match="holds no password of 8 characters"):
        read_password(file)
