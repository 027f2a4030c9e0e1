"""`twin serve`: the GraphQL API."""

import subprocess
import sys
from dataclasses import replace

import click
import orjson

from api.commands.common import json_option, load_settings

EXIT_CODES = """\b
Exit codes: 0 stopped, 1 the audit cannot be written, 2 wrong setting or taken port, 5 policy,
60 Neo4j does not answer."""


@click.command(epilog=EXIT_CODES)
@click.option("--host", help="Address to listen on (default 127.0.0.1, or TWIN_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (default 8000 or the next free one, or TWIN_PORT).")
@click.option("--allow-get", is_flag=True, help="Answer queries by GET too; GraphiQL is then at /graphiql.")
@json_option
def command(host: str | None, port: int | None, allow_get: bool, as_json: bool) -> None:
    """Serve the GraphQL API until Ctrl-C; in development with GraphiQL at /graphql.

    Prints one line with its address when it answers. SIGHUP makes it read the policy file again; a file that cannot be
    used changes nothing.
    """
    from api.app import build_app
    from api.graphiql.files import fetched
    from api.logs import write_json_logs
    from api.serving import DRAIN_SECONDS, address_of, listen, serve
    from graph.errors import ConfigurationError
    from graph.store import open_store

    settings = load_settings()
    if allow_get and settings.profile == "production":
        raise ConfigurationError("--allow-get: the production profile answers POST alone")
    settings = replace(
        settings,
        host=host or settings.host,
        port=port or settings.port,
        requests=replace(settings.requests, allow_get=allow_get),
    )
    open_store(settings).close()
    if settings.profile == "development" and not fetched(settings):
        # In a process of its own: the server stays without an HTTP client. Without a network it serves all the same.
        subprocess.run([sys.executable, "-m", "api.graphiql.fetch"], check=False)
    write_json_logs(settings.profile)
    app = build_app(settings, warm=True)
    with listen(settings.host, settings.port) as bound:
        address = address_of(bound)

        def announce() -> None:
            line = orjson.dumps({"address": address, "graphql": f"{address}/graphql"}).decode()
            click.echo(line if as_json else f"GraphQL at {address}/graphql")

        # Nobody waits for a load balancer on the machine of a developer.
        drain_seconds = DRAIN_SECONDS if settings.profile == "production" else 0.0
        serve(app, bound, announce, app.state.policies.reload, drain_seconds)
