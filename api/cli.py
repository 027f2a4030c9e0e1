"""`twin`: one command line over everything. Commands are imported only when they are called."""

import importlib
import os
import sys
import traceback

import click

from graph.errors import TwinError

COMMANDS: dict[str, tuple[str, str]] = {
    "neo4j": ("api.commands.neo4j", "Install, start and stop the local Neo4j."),
    "doctor": ("api.commands.doctor", "Check all that the twin needs and say how to mend what fails."),
    "world": ("api.commands.world", "Write a synthetic sample world as files."),
    "refresh": ("api.commands.refresh", "Load deliveries: one-shot, idempotent."),
    "analyse": ("api.commands.analyse", "Compute centralities, communities, embeddings."),
    "train": ("api.commands.train", "Train, compare with baselines and the model in use, promote."),
    "score": ("api.commands.score", "Write predictions with the promoted models."),
    "explain": ("api.commands.explain", "Why a prediction is what it is, computed on request."),
    "peer-effect": ("api.commands.peer_effect", "Whether peers move each other, and how far the data can tell."),
    "models": ("api.commands.models", "List, compare, promote and roll back model versions."),
    "report": ("api.commands.report", "Write a page about a model that needs no network."),
    "seeds": ("api.commands.seeds", "Choose the HCPs whose prescribing carries furthest."),
    "cohorts": ("api.commands.cohorts", "Publish cohorts of people, a month at a time, audited."),
    "nightly": ("api.commands.nightly", "Refresh, analyse, score, cohorts: what a scheduler runs."),
    "serve": ("api.commands.serve", "Serve the GraphQL API."),
    "audit": ("api.commands.audit", "Check that the record of who was told what is whole."),
    "token": ("api.commands.token", "Sign a development token."),
    "policy": ("api.commands.policy", "Check a policy file before it comes into force."),
    "why": ("api.commands.why", "Explain the policy's verdict on a field."),
    "schema": ("api.commands.schema", "Print a role's GraphQL schema, or the property reference."),
    "changes": ("api.commands.changes", "What changed for an entity."),
    "fingerprint": ("api.commands.fingerprint", "Check that graph and state hold the same facts."),
    "lineage": ("api.commands.lineage", "Where the values of an entity come from."),
    "source": ("api.commands.source", "List sources, check a mapping file."),
    "quarantine": ("api.commands.quarantine", "List, explain and retry rows that were put aside."),
    "runs": ("api.commands.runs", "The ledger of refreshes and the age of each source's data."),
    "demo": ("api.commands.demo", "Build the sample twin, answer one question as two roles, serve."),
}

EXIT_CODES = """\b
Exit codes: 0 done, 1 failed, 2 wrong usage or setting, 3 installation, 4 local server, 5 policy,
6 not found, 7 model, 8 not safe to publish, 40 source unusable,
42 audit tampered with, 50 another run is writing, 60 Neo4j does not answer,
70 a defect (run again with `twin --debug`), 75 stopped as asked, run again to go on, 130 interrupted."""


class LazyGroup(click.Group):
    """Loads a command's module when the command is named, so that `twin token` never imports torch."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name][0]}.command is a {type(command).__name__}, not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show a traceback when something fails.")
@click.version_option(package_name="knowledge-twin", prog_name="twin")
def twin(debug: bool) -> None:
    """The knowledge twin: one graph of HCPs, payers, patients and accounts that answers what changed,
    why, what is likely next and which action is worth considering."""


def _verdict(error: Exception) -> tuple[str, int]:
    """The line and the exit code for a command that failed."""
    if _interrupted(error):
        return "interrupted", 130
    if isinstance(error, TwinError):
        return f"error: {error}", error.exit_code
    if isinstance(error, OSError):
        # A full disk and a folder of somebody else are no defects.
        what = "" if error.filename is None else f"{str(error.filename)!r}: "
        return f"error: {what}{error.strerror or type(error).__name__}; `twin doctor` checks folders and disk", 1
    return f"error: {type(error).__name__}: a defect in the twin; run `twin --debug …` to see where", 70


def _interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C came first: what fails while a command is tidied up after it is no news."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def main(arguments: list[str] | None = None) -> None:
    """Run a command and turn every expected failure into one line and its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given[:1]
    os.umask(0o077)  # deliveries, snapshots, models and logs hold prescribing: what a command writes is its owner's
    try:
        code = twin.main(args=given, prog_name="twin", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(141)
    except Exception as error:
        if debug:
            traceback.print_exc()
        line, exit_code = _verdict(error)
        click.echo(line, err=True)
        sys.exit(exit_code)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
