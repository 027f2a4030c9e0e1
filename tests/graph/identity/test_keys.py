"""Keys and ids: secret, stable, and the same in Python and in SQL."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph.errors import ConfigurationError
from graph.identity.keys import load_key, person_key
from graph.identity.mint import PREFIXES, mint, token
from graph.ingest.engine import another, engine, minted, tokenised
from graph.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load({"TWIN_HOME": str(tmp_path)})


def test_a_key_is_made_once_for_its_owner_alone(settings: Settings) -> None:
    first = load_key(settings, "identity")
    assert len(first) == 32
    assert load_key(settings, "identity") == first
    assert load_key(settings, "quarantine") != first
    assert stat.S_IMODE((settings.home / "keys" / "identity.key").stat().st_mode) == 0o600


def test_threads_that_need_a_key_first_all_get_the_same_whole_one(settings: Settings) -> None:
    # given sixteen at the same moment
    ready = threading.Barrier(16)

    def load(_: int) -> bytes:
        ready.wait()
        return load_key(settings, "identity")

    # when
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(load, range(16)))

    # then
    assert len(keys) == 1
    assert [path.name for path in (settings.home / "keys").iterdir()] == ["identity.key"]


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
    identity, (version, person) = load_key(settings, "identity"), person_key(settings)

    # when
    with engine(settings) as connection:
        row = connection.execute(
            f"SELECT {minted('hcp', '$1')}, {tokenised('person_id', '$2')}", ["npi|1234567893", "Müller-7"]
        ).fetchone()

    # then
    assert row == (mint(identity, "HCP", "npi", "1234567893"), token(person, "person_id", "Müller-7"))
    assert version == "v1"


def test_tokens_of_one_value_differ_by_column_and_key(settings: Settings, tmp_path: Path) -> None:
    _, key = person_key(settings)
    _, other = person_key(Settings.load({"TWIN_HOME": str(tmp_path / "other")}))
    assert len({token(key, "person_id", "7"), token(key, "member_id", "7"), token(other, "person_id", "7")}) == 3


def test_a_key_of_another_version_changes_no_token_that_exists(settings: Settings) -> None:
    # given a token, then a second key that new tokens are made with
    sql = f"SELECT {tokenised('person_id', '$1')}"
    with engine(settings) as connection:
        (before,) = connection.execute(sql, ["7"]).fetchone()
    second = load_key(settings, "person_token.v2")
    (settings.home / "keys" / "person_token.current").write_text("v2\n")

    # when
    with engine(settings) as connection:
        (after,) = connection.execute(sql, ["7"]).fetchone()
        with another(connection, settings) as cursor:
            (aside,) = cursor.execute(sql, ["7"]).fetchone()

    # then the first key still gives the first token, and each token tells its version
    assert before == token(load_key(settings, "person_token.v1"), "person_id", "7")
    assert after == aside == token(second, "person_id", "7", "v2")
    assert (before[:3], after[:3]) == ("v1:", "v2:")


def test_the_key_of_an_older_home_becomes_the_first_version(settings: Settings) -> None:
    key = load_key(settings, "person_token")
    assert person_key(settings) == ("v1", key)
    assert sorted(path.name for path in (settings.home / "keys").iterdir()) == ["person_token.v1.key"]


@pytest.mark.parametrize(("says", "message"), [("v3", "no key of that version is there"), ("two", "says 'two'")])
def test_a_version_without_a_key_is_refused(settings: Settings, says: str, message: str) -> None:
    person_key(settings)
    (settings.home / "keys" / "person_token.current").write_text(says)
    with pytest.raises(ConfigurationError, match=message):
        person_key(settings)


def test_every_prefix_is_its_own() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)
