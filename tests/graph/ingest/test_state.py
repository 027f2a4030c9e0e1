"""The committed state and the pointer to it; no database is needed."""

import json
import shutil
from pathlib import Path

import pytest

from graph.errors import GraphMismatch, LeaseHeld
from graph.ingest.state import FORMAT, KEPT, State, StateFolder
from graph.settings import Settings


def commit(settings: Settings, run: str, token: int) -> StateFolder:
    folder = StateFolder(settings)
    staged = folder.begin(run, token)
    (staged / "claims").mkdir(exist_ok=True)
    (staged / "claims" / f"{run}.parquet").write_text(run)
    folder.ready(State(run=run))
    folder.promote()
    return folder


def names(folder: StateFolder) -> list[str]:
    return sorted(path.name for path in folder.runs.iterdir())


def test_a_run_shares_what_it_does_not_change(settings: Settings) -> None:
    # when
    folder = commit(settings, "run_1", 1)
    first = folder.committed
    folder = commit(settings, "run_2", 2)

    # then
    assert json.loads(folder.pointer.read_text()) == {"folder": "000002-run_2"}
    assert (folder.load().run, folder.load().before) == ("run_2", "000001-run_1")
    assert (folder.committed / "claims" / "run_1.parquet").samefile(first / "claims" / "run_1.parquet")


def test_a_copy_that_is_cut_off_is_never_taken_for_a_whole_state(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    folder = commit(settings, "run_1", 1)
    copytree = shutil.copytree

    def cut_off(*given: object, **more: object) -> None:
        copytree(*given, **more)  # type: ignore[call-overload]
        raise RuntimeError("cut off")

    monkeypatch.setattr(shutil, "copytree", cut_off)

    # when
    with pytest.raises(RuntimeError, match="cut off"):
        folder.begin("run_2", 2)

    # then
    assert names(folder) == ["000001-run_1", "000002-run_2"]
    assert (folder.whole(), folder.load().run) == ([], "run_1")


def test_whoever_was_overtaken_cannot_move_the_pointer(settings: Settings) -> None:
    # given: one run begins, and another goes on from the same state meanwhile
    commit(settings, "run_1", 1)
    slow = StateFolder(settings)
    slow.begin("run_2", 2)
    slow.ready(State(run="run_2"))
    commit(settings, "run_3", 3)

    # when, then
    with pytest.raises(LeaseHeld, match="another run has gone on"):
        slow.promote()
    assert StateFolder(settings).load().run == "run_3"


def test_a_whole_state_that_was_not_pointed_at_is_found_again(settings: Settings) -> None:
    # given
    commit(settings, "run_1", 1)
    folder = StateFolder(settings)
    folder.begin("run_2", 2)
    folder.ready(State(run="run_2"))

    # when
    ((found, state),) = StateFolder(settings).whole()
    StateFolder(settings).promote(found)

    # then
    assert (state.run, folder.load().run, folder.whole()) == ("run_2", "run_2", [])


def test_a_few_earlier_states_stay_and_can_be_pointed_at_again(settings: Settings) -> None:
    # when
    for number in range(1, 8):
        folder = commit(settings, f"run_{number}", number)

    # then
    assert names(folder) == [f"{number:06d}-run_{number}" for number in range(7 - KEPT, 8)]
    assert folder.kept("run_1") is None
    folder.rewind(str(folder.kept("run_5")))
    assert folder.load().run == "run_5"


def test_what_nobody_goes_on_from_is_forgotten(settings: Settings) -> None:
    # given
    commit(settings, "run_1", 1)
    folder = StateFolder(settings)
    staged: Path = folder.begin("run_2", 2)

    # when
    folder.clean()

    # then
    assert not staged.exists()
    assert names(folder) == ["000001-run_1"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param({"format": FORMAT + 1}, f"format {FORMAT + 1}", id="a newer one"),
        pytest.param({"pending": []}, "format 'another'", id="a field that is not known"),
    ],
)
def test_a_state_of_another_version_is_refused_in_one_line(
    settings: Settings, written: dict[str, object], said: str
) -> None:
    # given
    folder = commit(settings, "run_1", 1)
    path = folder.committed / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | written))

    # when, then
    with pytest.raises(GraphMismatch, match=f"{said}, this version of the twin writes {FORMAT}: .*load all deliveries"):
        folder.load()


def test_a_run_that_is_amended_takes_no_place_of_an_earlier_one(settings: Settings) -> None:
    # given
    for token in range(1, KEPT + 2):
        folder = commit(settings, f"run_{token}", token)

    # when the last run is amended, twice
    for token in (8, 9):
        folder.amend(folder.load(), token)

    # then
    last = f"run_{KEPT + 1}"
    assert names(folder) == [f"00000{at}-run_{at}" for at in range(1, KEPT + 2)] + [f"000008-{last}", f"000009-{last}"]
    assert folder.kept(last) == f"000009-{last}"
