"""`twin report`: one page about a model, readable without a network."""

import os
from pathlib import Path

import click

from api.commands.common import echo_result, json_option, load_settings

EPILOG = """\b
Exit codes: 0 done; 2 --evaluation holds no results, or --territory does not apply; 6 no such version or territory;
7 no model, or its files were changed; 60 Neo4j does not answer."""


@click.command("report", epilog=EPILOG)
@click.argument("model")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where it goes. Default: MODEL.html here.")
@click.option(
    "--territory",
    help="Territory of adoption's influence map, by id, territoryId or name. Default: the one with most influence.",
)
@click.option(
    "--evaluation",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of results of `make eval`: shows the oracle.",
)
@json_option
def command(model: str, out: Path | None, territory: str | None, evaluation: Path | None, as_json: bool) -> None:
    """Write an HTML page about MODEL: a task (its model in use), a version or an id of `twin models`.

    It holds data of the classes that its top names: give it only to those who may read them.
    """
    from api.wiring import run_report

    text = run_report(load_settings(), model=model, territory=territory, evaluation=evaluation)
    path = Path(f"{model}.html") if out is None else out
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # Readable by its owner alone: it holds what not everybody may see.
        unfinished.touch(0o600)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    size = len(text.encode())
    echo_result({"file": str(path.absolute()), "bytes": size}, as_json, f"{path}: {size / 1000:.0f} kB")
