"""Which Neo4j may open which store."""

from pathlib import Path

import pytest

from graph.errors import ServerError
from graph.server.home import ServerHome
from graph.server.record import StoreRecord, read_store, write
from graph.server.store_version import check_store, may_open


@pytest.mark.parametrize(
    ("version", "written_by", "verdict"),
    [
        pytest.param("5.26.31", "5.26.31", True, id="the same"),
        pytest.param("5.26.31", "5.26.4", True, id="an older patch of the line"),
        pytest.param("5.26.31", "5.26.32", False, id="a newer patch"),
        pytest.param("5.26.31", "5.25.1", False, id="an older line"),
        pytest.param("5.26.31", "2025.10.1", False, id="a newer line"),
    ],
)
def test_only_the_same_line_forwards(version: str, written_by: str, verdict: bool) -> None:
    assert may_open(version, written_by) is verdict


def test_a_new_store_is_claimed(tmp_path: Path) -> None:
    home = ServerHome(tmp_path)
    home.make()

    check_store(home, "5.26.31")

    assert read_store(home.store) == StoreRecord("5.26.31", password_set=False)


def test_a_store_of_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    home = ServerHome(tmp_path)
    home.make()
    write(home.store, StoreRecord("4.4.38", password_set=True))

    with pytest.raises(ServerError, match=r"was written by Neo4j '4\.4\.38', this is '5\.26\.31': use the release"):
        check_store(home, "5.26.31")

    assert read_store(home.store) == StoreRecord("4.4.38", password_set=True)


def test_a_store_without_a_record_is_refused(tmp_path: Path) -> None:
    home = ServerHome(tmp_path)
    home.make()
    (home.data / "databases").mkdir()

    with pytest.raises(ServerError, match="written by Neo4j an unknown version"):
        check_store(home, "5.26.31")

    assert not home.store.exists()


def test_a_damaged_record_is_refused(tmp_path: Path) -> None:
    home = ServerHome(tmp_path)
    home.make()
    home.store.write_text("{", encoding="utf-8")

    with pytest.raises(ServerError, match=r"store\.json' cannot be read"):
        check_store(home, "5.26.31")
