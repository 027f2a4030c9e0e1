"""Building: same settings, same bytes; nothing of others is ever replaced."""

import sys
from hashlib import sha256
from pathlib import Path

import pytest

from graph.world import WorldError, WorldReport, WorldSettings, build

TINY = {"hcps": 100, "months": 6}


def fingerprint(folder: Path) -> dict[str, str]:
    """Checksum of each file below `folder`, by its path."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    # given
    first = build(WorldSettings(out=tmp_path / "first", **TINY))
    second = build(WorldSettings(out=tmp_path / "second", **TINY))
    other = build(WorldSettings(out=tmp_path / "other", seed=8, **TINY))
    # then
    deliveries = fingerprint(first.settings.out)
    assert deliveries == fingerprint(second.settings.out)
    assert fingerprint(first.settings.truth) == fingerprint(second.settings.truth)
    claims = [path for path in deliveries if "/rx_claims/" in path]
    assert len(claims) == 9
    assert all(fingerprint(other.settings.out)[path] != deliveries[path] for path in claims)


def test_the_counts_are_those_asked_for(small_world: WorldReport) -> None:
    # given
    counts = small_world.counts
    # then
    assert {name: counts[name] for name in ("hcps", "accounts", "payers", "plans", "patients", "territories")} == {
        "hcps": 200,
        "accounts": 20,
        "payers": 12,
        "plans": 40,
        "patients": 4_000,
        "territories": 4,
    }
    assert counts["deliveries"] == len(small_world.deliveries) == 9
    assert 0.25 <= counts["adopters"] / counts["hcps"] <= 0.45


def test_an_earlier_world_is_replaced(tmp_path: Path) -> None:
    # given
    settings = WorldSettings(out=tmp_path / "world", **TINY)
    build(settings)
    before = fingerprint(settings.out)
    # when another one takes its place and then the first one again
    build(WorldSettings(out=tmp_path / "world", seed=8, **TINY))
    between = fingerprint(settings.out)
    build(settings)
    # then
    assert between != before
    assert fingerprint(settings.out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["world", "world-truth"]


@pytest.mark.parametrize("folder", ["world", "world-truth"])
def test_a_folder_of_others_is_refused_and_left_alone(tmp_path: Path, folder: str) -> None:
    # given
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "precious.txt").write_text("mine")
    # when
    with pytest.raises(WorldError, match="holds other files; choose another folder"):
        build(WorldSettings(out=tmp_path / "world", **TINY))
    # then
    assert (tmp_path / folder / "precious.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [folder]


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a place below a file, and a simulation that must not run
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr(sys.modules[build.__module__], "make_world", lambda _: pytest.fail("simulated"))
    # when
    with pytest.raises(WorldError, match=r"cannot be written \(Not a directory\); choose another folder"):
        build(WorldSettings(out=tmp_path / "file" / "world", **TINY))
    # then
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_in_the_place_is_refused(tmp_path: Path) -> None:
    # given
    (tmp_path / "world").write_text("mine")
    # when
    with pytest.raises(WorldError, match="is a file; choose another folder"):
        build(WorldSettings(out=tmp_path / "world", **TINY))
    # then
    assert (tmp_path / "world").read_text() == "mine"
