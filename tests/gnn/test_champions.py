"""The file that says which model is in use: every change is kept, and a rollback goes back along what still counts."""

import datetime

import pytest

from gnn import champions
from gnn.champions import Champions, model_in_use
from graph.errors import ModelError
from graph.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings.load({"TWIN_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)})


def _turns(settings, *changes):
    found = Champions(settings, "adoption")
    for model, kind in changes:
        found.turn(model, kind, "anna", f"why {model}")
    return Champions(settings, "adoption")


def test_without_a_model_the_remedy_is_said(settings):
    assert Champions(settings, "adoption").current is None
    with pytest.raises(ModelError, match="no model for 'adoption' is trained yet: run `twin train adoption`"):
        model_in_use(settings, "adoption")


@pytest.mark.parametrize(
    ("changes", "current", "before", "rolled_back"),
    [
        ([("a", "gates")], "a", None, set()),
        ([("a", "gates"), ("b", "gates")], "b", "a", set()),
        ([("a", "gates"), ("b", "gates"), ("a", "rollback")], "a", None, {"b"}),
        ([("a", "gates"), ("b", "gates"), ("a", "rollback"), ("c", "gates")], "c", "a", {"b"}),
        ([("a", "gates"), ("b", "gates"), ("c", "gates"), ("b", "rollback"), ("a", "rollback")], "a", None, {"b", "c"}),
        ([("a", "gates"), ("b", "gates"), ("a", "rollback"), ("b", "person")], "b", "a", set()),
    ],
)
def test_what_is_in_use_and_what_a_rollback_goes_back_to(settings, changes, current, before, rolled_back):
    found = _turns(settings, *changes)
    assert (found.current, found.before, set(found.rolled_back)) == (current, before, rolled_back)
    assert model_in_use(settings, "adoption") == current


def test_who_when_and_why_are_kept(settings):
    # when
    found = _turns(settings, ("a", "gates"), ("b", "person"), ("a", "rollback"))

    # then
    assert [(turn.model, turn.kind, turn.by, turn.why) for turn in found.turns] == [
        ("a", "gates", "anna", "why a"),
        ("b", "person", "anna", "why b"),
        ("a", "rollback", "anna", "why a"),
    ]
    states = {name: (state, turn.why) for name, (state, turn) in found.states({"a": "adoption-a"}).items()}
    assert states == {"a": ("champion", "why a"), "b": ("retired", "rolled back to adoption-a: why a")}


def test_changes_stay_in_order_when_the_clock_goes_back(settings, monkeypatch):
    # given
    first = _turns(settings, ("a", "gates")).turns[0].at

    class Yesterday(datetime.datetime):
        @classmethod
        def now(cls, _zone):
            return first - datetime.timedelta(days=1)

    # when
    monkeypatch.setattr(champions, "datetime", Yesterday)

    # then
    assert _turns(settings, ("b", "gates")).turns[1].at == first


def test_a_change_that_cannot_be_written_is_none(settings, monkeypatch):
    # given
    _turns(settings, ("a", "gates"))
    found = Champions(settings, "adoption")

    def full(_):
        raise OSError("no space left on device")

    # when
    monkeypatch.setattr(champions.os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        found.turn("b", "gates", "anna", "why")

    # then
    assert Champions(settings, "adoption").current == "a"


def test_a_torn_file_names_itself(settings):
    # given
    _turns(settings, ("a", "gates"))
    path = settings.home / "models" / "adoption.champions"
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")

    # then
    with pytest.raises(ModelError, match=r"adoption.champions' cannot be read: restore it from the backup"):
        Champions(settings, "adoption")
