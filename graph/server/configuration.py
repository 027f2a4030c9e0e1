"""`neo4j.conf` and the arguments of Java. Neo4j refuses unknown settings, so each line was seen to be accepted."""

from collections.abc import Iterable
from pathlib import Path

from graph.server.home import ServerHome
from graph.server.profile import Profile

MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"
JAVA_FLAGS = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "-Dlog4j2.disable.jmx=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-XX:-OmitStackTraceInFastThrow",
    "-Dfile.encoding=UTF-8",
)
HOST = "127.0.0.1"


def neo4j_conf(home: ServerHome, plugins: Path, profile: Profile, bolt_port: int, http_port: int | None) -> str:
    """The text of ``neo4j.conf``: loopback only, no report to anybody, bounded logs."""
    lines = {
        "server.directories.data": home.data,
        "server.directories.logs": home.logs,
        "server.directories.run": home.folder / "run",
        "server.directories.import": home.folder / "import",
        "server.directories.plugins": plugins,
        "server.default_listen_address": HOST,
        "server.bolt.listen_address": f"{HOST}:{bolt_port}",
        "server.bolt.advertised_address": f"{HOST}:{bolt_port}",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "dbms.security.procedures.unrestricted": "gds.*",
        "server.memory.heap.initial_size": profile.heap_initial,
        "server.memory.heap.max_size": profile.heap_max,
        "server.memory.pagecache.size": profile.page_cache,
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "server.bolt.telemetry.enabled": "false",
        # Without these the transaction logs of half an hour of loading grow to ten times the store.
        "db.tx_log.preallocate": "false",
        "db.tx_log.rotation.size": "16m",
        "db.tx_log.rotation.retention_policy": "keep_none",
        # The query log would keep parameters, and these may speak of people.
        "db.logs.query.enabled": "OFF",
        "db.logs.query.parameter_logging_enabled": "false",
        # Else a stop takes ten seconds longer.
        "internal.server.bolt.thread_pool_shutdown_wait_time": "0s",
    }
    lines |= _browser(bolt_port, http_port) if http_port is not None else {"server.http.enabled": "false"}
    return "".join(f"{key}={value}\n" for key, value in lines.items())


def _browser(bolt_port: int, http_port: int) -> dict[str, str]:
    """Browser and nothing else over HTTP; the content policy keeps it from asking any other host."""
    address = f"http://{HOST}:{http_port}"
    policy = (
        "default-src 'self'; script-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; "
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        f"connect-src 'self' ws://{HOST}:{bolt_port} http://{HOST}:{bolt_port}; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
    return {
        "server.http.listen_address": f"{HOST}:{http_port}",
        "server.http.advertised_address": f"{HOST}:{http_port}",
        "server.http_enabled_modules": "BROWSER",
        "browser.remote_content_hostname_whitelist": HOST,
        "browser.post_connect_cmd": f"guide {address}/browser/twin/guide.html",
        "dbms.security.http_access_control_allow_origin": address,
        "dbms.security.http_static_content_security_policy_header": policy,
    }


def java_arguments(home: ServerHome, jars: Iterable[Path], profile: Profile) -> str:
    """The text of Java's argument file: flags, class path in the lock's order, main class, its options.

    A file, because a class path of 342 jars may be longer than a command line is allowed to be.
    """
    class_path = ":".join(str(path) for path in (home.web, *jars, home.configuration))
    arguments = (
        *JAVA_FLAGS,
        *profile.java_flags,
        f"-Xms{profile.heap_initial}",
        f"-Xmx{profile.heap_max}",
        "-cp",
        class_path,
        MAIN_CLASS,
        f"--home-dir={home.folder}",
        f"--config-dir={home.configuration}",
        "--console-mode",
    )
    return "".join(f"{_quoted(argument)}\n" for argument in arguments)


def _quoted(argument: str) -> str:
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
