"""What Neo4j and Java are told."""

from pathlib import Path

from graph.server.configuration import java_arguments, neo4j_conf
from graph.server.home import ServerHome
from graph.server.profile import PROFILES


def settings_of(text: str) -> dict[str, str]:
    lines = [line.split("=", 1) for line in text.splitlines()]
    assert len({key for key, _ in lines}) == len(lines), "Neo4j refuses a setting that comes twice"
    return dict(lines)


def test_everything_listens_on_the_loopback_address_and_reports_to_nobody(tmp_path: Path) -> None:
    conf = settings_of(neo4j_conf(ServerHome(tmp_path), tmp_path / "plugins", PROFILES["full"], 7001, 7002))

    addresses = {key: value for key, value in conf.items() if key.endswith("_address")}
    assert addresses == {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": "127.0.0.1:7001",
        "server.bolt.advertised_address": "127.0.0.1:7001",
        "server.http.listen_address": "127.0.0.1:7002",
        "server.http.advertised_address": "127.0.0.1:7002",
    }
    assert conf["dbms.usage_report.enabled"] == "false"
    assert conf["client.allow_telemetry"] == "false"
    assert conf["server.bolt.telemetry.enabled"] == "false"
    assert conf["dbms.security.auth_enabled"] == "true"
    assert conf["db.logs.query.enabled"] == "OFF"


def test_the_content_policy_names_no_host_but_this_one(tmp_path: Path) -> None:
    conf = settings_of(neo4j_conf(ServerHome(tmp_path), tmp_path, PROFILES["full"], 7001, 7002))

    policy = conf["dbms.security.http_static_content_security_policy_header"]
    hosts = {word for word in policy.replace(";", " ").split() if "://" in word}
    assert hosts == {"ws://127.0.0.1:7001", "http://127.0.0.1:7001"}


def test_without_browser_there_is_no_http(tmp_path: Path) -> None:
    conf = settings_of(neo4j_conf(ServerHome(tmp_path), tmp_path, PROFILES["lean"], 7001, None))

    assert conf["server.http.enabled"] == "false"
    assert not [key for key in conf if key.startswith(("browser.", "server.http."))][1:]


def test_java_gets_web_then_jars_in_order_then_conf(tmp_path: Path) -> None:
    home = ServerHome(tmp_path / 'a "quoted" folder')

    lines = java_arguments(home, [Path("/b.jar"), Path("/a.jar")], PROFILES["lean"]).splitlines()

    class_path = lines[lines.index('"-cp"') + 1]
    escaped = str(home.folder).replace('"', '\\"')
    assert class_path == f'"{escaped}/web:/b.jar:/a.jar:{escaped}/conf"'
    assert lines[-1] == '"--console-mode"'
    assert '"-Xmx512m"' in lines
