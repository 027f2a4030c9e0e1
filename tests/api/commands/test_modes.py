"""What commands write holds prescribing and opt-outs: nobody but the owner of the files may read it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import main


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """Files are readable by everybody, as on most machines; set back afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_umask")
def test_what_a_command_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    # when
    with pytest.raises(SystemExit) as ended:
        main(["world", "--hcps", "100", "--months", "6", "--out", str(tmp_path / "world")])
    # then
    assert ended.value.code in (None, 0)
    written = [path for path in tmp_path.rglob("*") if path.name != tmp_path.name]
    assert len(written) > 10
    assert [str(path) for path in written if path.stat().st_mode & 0o077] == []
