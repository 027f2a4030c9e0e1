"""The committed state, the staged one beside it, and who may write; no database is needed."""

import fcntl
import shutil

import pytest

from graph.errors import LeaseHeld, SourceError
from graph.ingest.recovery import sole_writer
from graph.ingest.state import State, StateFolder
from graph.settings import Settings


@pytest.fixture
def folder(settings: Settings) -> StateFolder:
    """A committed run with one claim file."""
    folder = StateFolder(settings)
    claims = folder.begin() / "claims"
    claims.mkdir()
    (claims / "rows.parquet").write_text("rows")
    folder.ready(State(run="run_1"))
    folder.promote()
    return folder


def test_a_copy_that_is_cut_off_is_never_taken_for_a_whole_state(
    folder: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    seen = []
    copytree = shutil.copytree

    def cut_off(*given: object, **more: object) -> None:
        copytree(*given, **more)
        seen.append(folder.load_staged())
        raise RuntimeError("cut off")

    monkeypatch.setattr(shutil, "copytree", cut_off)

    # when
    with pytest.raises(RuntimeError, match="cut off"):
        folder.begin()

    # then
    assert seen == [None]
    assert (folder.staged / "claims" / "rows.parquet").read_text() == "rows"
    assert folder.load().run == "run_1"


def test_another_writer_waits_for_a_refresh(settings: Settings) -> None:
    # given
    settings.home.mkdir(parents=True)
    with (settings.home / "refresh.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        # when, then
        with pytest.raises(LeaseHeld, match="another refresh or scoring holds"), sole_writer(settings):
            pass
    with sole_writer(settings), pytest.raises(LeaseHeld), sole_writer(settings):
        pass


def test_another_writer_refuses_what_a_cut_off_refresh_has_left(settings: Settings, folder: StateFolder) -> None:
    # given
    folder.begin()
    folder.ready(State(run="run_2"))

    # when, then
    with pytest.raises(SourceError, match="a refresh was cut off: run `twin refresh`"), sole_writer(settings):
        pass
    folder.promote()
    with sole_writer(settings):
        assert folder.load().run == "run_2"
