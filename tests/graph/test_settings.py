"""Settings: read once, checked, and clear about what is wrong."""

from pathlib import Path

import pytest

from graph.errors import ConfigurationError
from graph.settings import Settings


def test_defaults_follow_the_platform_folders() -> None:
    settings = Settings.load({"XDG_DATA_HOME": "/data", "XDG_CACHE_HOME": "/cache"})
    assert settings.neo4j_uri is None
    assert settings.port is None
    assert settings.host == "127.0.0.1"
    assert settings.home.name == settings.cache.name == "knowledge-twin"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"TWIN_HOEM": "x"}, "unknown setting 'TWIN_HOEM'"),
        ({"TWIN_PORT": "eighty"}, "TWIN_PORT='eighty' is not a port"),
        ({"TWIN_BOLT_PORT": "70000"}, "TWIN_BOLT_PORT='70000' is not a port"),
        ({"TWIN_BOLT_PORT": "7000", "TWIN_HTTP_PORT": "7000"}, "are both 7000: use two ports"),
        ({"NEO4J_URI": "http://127.0.0.1:7474"}, "NEO4J_URI='http://127.0.0.1:7474' is no Bolt address"),
        ({"NEO4J_URI": "db.example.org"}, "NEO4J_URI='db.example.org' is no Bolt address"),
        ({"TWIN_PROFILE": "prod"}, "TWIN_PROFILE='prod'"),
        ({"NEO4J_PASSWORD": "a", "NEO4J_PASSWORD_FILE": "b"}, "both set"),
        ({"NEO4J_PASSWORD_FILE": "/nowhere/at/all"}, "cannot be read"),
    ],
)
def test_a_wrong_setting_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Settings.load(environment)


def test_a_password_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("open sesame\n", encoding="utf-8")
    assert Settings.load({"NEO4J_PASSWORD_FILE": str(tmp_path / "secret")}).neo4j_password == "open sesame"


def test_the_password_is_not_in_the_representation(tmp_path: Path) -> None:
    assert "sesame" not in repr(Settings.load({"NEO4J_PASSWORD": "open sesame"}))
