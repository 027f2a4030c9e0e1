"""`twin lineage`: which source, file, row, run and mapping a value comes from."""

from dataclasses import asdict

import click

from api.commands.common import echo_result, json_option, load_settings, table
from graph.history.lineage import lineage_of
from graph.store import open_store

COLUMNS = ("what", "other", "properties", "source", "file", "row", "run", "delivered_on", "mapping_version")


@click.command()
@click.argument("entity")
@click.argument("name", metavar="[PROPERTY]", required=False)
@json_option
def command(entity: str, name: str | None, as_json: bool) -> None:
    """Show where the values of ENTITY come from: an id, or system:value such as npi:1234567893.

    PROPERTY limits it to one property, or names a relationship type such as AFFILIATED_WITH. A value that is made from
    many rows, such as a month of prescribing, names the newest of them.
    """
    with open_store(load_settings()) as store:
        origins = [asdict(one) for one in lineage_of(store, entity, name)]
    shown = [[_cell(one[column]) for column in COLUMNS] for one in origins]
    echo_result(origins, as_json, table([column.replace("_", " ") for column in COLUMNS], shown))


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value
