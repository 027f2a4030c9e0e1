"""`twin fingerprint`: what the graph holds and what the state says it holds, as digests that must be equal."""

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.history.fingerprint import differing, graph_fingerprint, require_equal, state_fingerprint, total
from graph.ingest.engine import engine
from graph.ingest.state import StateFolder
from graph.store import open_store


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Show the digest of the graph and of TWIN_HOME/state; both are equal unless one was changed by other hands.

    Exit codes: 0 equal, 41 different.
    """
    settings = load_settings()
    with open_store(settings) as store, engine(settings) as connection:
        graph = graph_fingerprint(store)
        state = state_fingerprint(connection, StateFolder(settings).committed)
    parts = sorted(graph.keys() | state.keys())
    rows: list[list[object]] = [
        [part, graph.get(part), state.get(part), graph.get(part) == state.get(part)] for part in parts
    ]
    text = table(["part", "graph", "state", "equal"], [*rows, ["all", total(graph), total(state), graph == state]])
    result = {"graph": total(graph), "state": total(state), "differing": differing(graph, state), "parts": graph}
    echo_result(result, as_json, text)
    require_equal(graph, state)
