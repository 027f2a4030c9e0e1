"""Keys and ids: secret, stable, and the same in Python and in SQL."""

import stat
from pathlib import Path

import pytest

from graph.errors import ConfigurationError
from graph.identity.keys import load_key
from graph.identity.mint import PREFIXES, mint, token
from graph.ingest.engine import engine, minted, tokenised
from graph.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"TWIN_HOME": str(tmp_path)})


def test_a_key_is_made_once_for_its_owner_alone(settings: Settings) -> None:
    first = load_key(settings, "identity")
    assert len(first) == 32
    assert load_key(settings, "identity") == first
    assert load_key(settings, "person_token") != first
    assert stat.S_IMODE((settings.home / "keys" / "identity.key").stat().st_mode) == 0o600


def test_a_key_that_others_can_read_is_refused(settings: Settings) -> None:
    load_key(settings, "identity")
    (settings.home / "keys" / "identity.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match="can be read by others: run `chmod 600` on it"):
        load_key(settings, "identity")


def test_a_damaged_key_is_refused(settings: Settings) -> None:
    load_key(settings, "identity")
    (settings.home / "keys" / "identity.key").write_text("not a key\n")
    with pytest.raises(ConfigurationError, match="does not hold 32 bytes"):
        load_key(settings, "identity")


def test_sql_mints_and_tokenises_like_python(settings: Settings) -> None:
    # given
    identity, person = load_key(settings, "identity"), load_key(settings, "person_token")

    # when
    with engine(settings) as connection:
        row = connection.execute(
            f"SELECT {minted('hcp', '$1')}, {tokenised('person_id', '$2')}", ["npi|1234567893", "Müller-7"]
        ).fetchone()

    # then
    assert row == (mint(identity, "HCP", "npi", "1234567893"), token(person, "person_id", "Müller-7"))


def test_tokens_of_one_value_differ_by_column_and_key(settings: Settings, tmp_path: Path) -> None:
    key = load_key(settings, "person_token")
    other = load_key(Settings.load({"TWIN_HOME": str(tmp_path / "other")}), "person_token")
    assert len({token(key, "person_id", "7"), token(key, "member_id", "7"), token(other, "person_id", "7")}) == 3


def test_every_prefix_is_its_own() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
