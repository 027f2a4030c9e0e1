"""When a snapshot is read anew, when from its file, and when not at all; no database is needed."""

from pathlib import Path
from typing import Any

import pytest

from cypher import parse
from graph.errors import ModelError
from graph.history import snapshot_read
from graph.history.snapshot_read import read_snapshot
from graph.history.snapshot_tables import TABLES
from graph.settings import Settings

OTHER = "// Another question.\n// returns: one\nRETURN 1 AS one"
WHOLE = ["run_1", "f1", 1]


class Twin:
    """Answers like a store with one start; ``runs`` are given out one after the other, the last one for good."""

    def __init__(self, *runs: list[Any]) -> None:
        self.runs = list(runs)
        self.tables = 0

    def read(self, name_or_text: str, /, **_: Any) -> list[dict[str, Any]]:
        if name_or_text == "analytics/snapshot_key":
            runs = self.runs.pop(0) if len(self.runs) > 1 else self.runs[0]
            return [{"runs": runs, "starts": 1, "ties": 0, "people": 0}]
        if name_or_text != "analytics/snapshot_start":
            return []
        self.tables += 1
        row = dict.fromkeys(TABLES["start"].columns) | {"id": "start_1", "written_on": 100, "known_at": 101}
        return [{column: [value] for column, value in row.items()}]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"TWIN_HOME": str(tmp_path / "home")})


def test_an_unchanged_twin_is_read_once(settings: Settings) -> None:
    # given
    twin = Twin([WHOLE])

    # when
    first, second = read_snapshot(twin, settings), read_snapshot(twin, settings)

    # then
    assert (twin.tables, first.day, first.count("start")) == (1, 101, 1)
    assert first.fingerprint == second.fingerprint
    assert len(list((settings.home / "state").iterdir())) == 1


def test_a_release_with_other_statements_does_not_use_the_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a file that an earlier release left
    twin = Twin([WHOLE])
    read_snapshot(twin, settings)
    left = list((settings.home / "state").iterdir())

    # when
    monkeypatch.setattr(snapshot_read, "statement", lambda name: parse(name, OTHER))
    read_snapshot(twin, settings)

    # then
    assert twin.tables == 2
    assert len(left) == len(list((settings.home / "state").iterdir())) == 1
    assert left != list((settings.home / "state").iterdir())


def test_a_twin_that_no_refresh_made_is_read_each_time(settings: Settings) -> None:
    # given
    twin = Twin([])

    # when
    read_snapshot(twin, settings)
    read_snapshot(twin, settings)

    # then
    assert twin.tables == 2
    assert not (settings.home / "state").exists()


def test_a_refresh_in_between_means_another_read(settings: Settings) -> None:
    # given
    twin = Twin([WHOLE], [WHOLE, ["run_2", "f2", 2]])

    # when
    found = read_snapshot(twin, settings)

    # then
    assert (twin.tables, found.count("start")) == (2, 1)


def test_a_twin_that_never_rests_is_given_up(settings: Settings) -> None:
    # given
    twin = Twin(*([["run_1", "f1", number]] for number in range(9)))

    # when, then
    with pytest.raises(ModelError, match="changed 3 times while it was read"):
        read_snapshot(twin, settings)
    assert twin.tables == 3


def test_half_a_refresh_is_not_read(settings: Settings) -> None:
    # given
    twin = Twin([WHOLE, ["run_2", None, None]])

    # when, then
    with pytest.raises(ModelError, match="a refresh is half applied"):
        read_snapshot(twin, settings)
    assert twin.tables == 0
