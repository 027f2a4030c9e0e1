"""`twin doctor`: everything the twin needs, one line each, with what to do about what fails."""

import asyncio
import ctypes
import ctypes.util
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata, util

import click

from api.commands.common import echo_result, json_option, load_settings
from graph.server.checks import Finding, machine_findings
from graph.settings import Settings

TRAINING = {
    "graphdatascience": "graphdatascience",
    "lightgbm": "lightgbm",
    "numba": "numba",
    "numpy": "numpy",
    "scikit-learn": "sklearn",
    "scipy": "scipy",
    "torch": "torch",
    "torch-geometric": "torch_geometric",
}
OLDEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
SLACK_SECONDS = 300
API_PORT = 8000


@click.command(epilog="\b\nExit codes: 0 nothing failed (warnings allowed), 1 something failed, 2 wrong setting.")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Check Python, disk, libraries, Java, Neo4j, ports, packages, keys and clock; change nothing."""
    settings = load_settings()
    findings = list(all_findings(settings))
    failed = [finding for finding in findings if finding.verdict == "fail"]
    result = {"ok": not failed, "checks": [asdict(finding) for finding in findings]}
    echo_result(result, as_json, "\n".join(_line(finding) for finding in findings))
    if failed:
        context.exit(1)


def all_findings(settings: Settings) -> Iterator[Finding]:
    """Every check, the ones on which others rest first."""
    yield from machine_findings(settings)
    yield api_port(settings)
    yield openmp()
    yield training_packages()
    yield keys_folder(settings)
    yield token_keys(settings)
    yield clock(settings, datetime.now(UTC))


def api_port(settings: Settings) -> Finding:
    """Whether the API could listen where it is told to."""
    port = API_PORT if settings.port is None else settings.port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, port))
        except OSError as error:
            found = f"{settings.host}:{port}: {error.strerror}"
            if settings.port is None:
                return Finding("TWIN_PORT", "ok", f"{found}; another is chosen when serving")
            return Finding("TWIN_PORT", "fail", found, "end the program that listens there, or unset TWIN_PORT")
    return Finding("TWIN_PORT", "ok", f"{port} is free")


def openmp() -> Finding:
    """The OpenMP library, which the training packages load from the system."""
    if sys.platform == "darwin":
        name, remedy = ctypes.util.find_library("omp"), "brew install libomp"
    else:
        name, remedy = "libgomp.so.1", "apt-get install libgomp1 (Debian, Ubuntu) or dnf install libgomp (Fedora)"
    try:
        if name is None:
            raise OSError
        ctypes.CDLL(name)
    except OSError:
        return Finding("libgomp", "fail", "cannot be loaded", remedy)
    return Finding("libgomp", "ok", name)


def training_packages() -> Finding:
    """What training and scoring import; serving does without."""
    missing = [name for name, module in TRAINING.items() if util.find_spec(module) is None]
    if missing:
        return Finding(
            "training packages", "warn", f"missing: {', '.join(missing)}", "run 'make setup' to train or score"
        )
    return Finding("training packages", "ok", f"all there, torch {metadata.version('torch')}")


def keys_folder(settings: Settings) -> Finding:
    """Keys are for their owner alone."""
    folder = settings.home / "keys"
    if not folder.exists():
        return Finding("keys", "ok", "none yet")
    open_to_others = [path for path in (folder, *sorted(folder.rglob("*"))) if path.stat().st_mode & 0o077]
    if open_to_others:
        return Finding("keys", "fail", f"others can read {open_to_others[0]}", f"chmod -R go= {folder}")
    return Finding("keys", "ok", f"only yours, in {folder}")


def token_keys(settings: Settings) -> Finding:
    """In production the organisation's identity provider signs tokens; its public keys have to be there."""
    from api.key_fetch import Fetcher, FetchFailed
    from api.key_sets import LARGEST_SET, KeysRefused, public_keys

    url, file = settings.tokens.jwks_url, settings.tokens.jwks_file
    remedy = "name your identity provider's public keys in TWIN_JWKS_URL or TWIN_JWKS_FILE"
    if url is None and file is None:
        if settings.profile == "production":
            return Finding("token keys", "fail", "neither TWIN_JWKS_URL nor TWIN_JWKS_FILE is set", remedy)
        return Finding("token keys", "ok", "development tokens, signed with a key of this machine")
    try:
        content = file.read_bytes() if file is not None else asyncio.run(Fetcher(str(url), largest=LARGEST_SET)())
        keys = public_keys(content, settings.tokens.algorithms)
    except OSError as error:
        return Finding("token keys", "fail", f"{file} cannot be read ({error.strerror})", remedy)
    except (FetchFailed, KeysRefused) as error:
        return Finding("token keys", "fail", f"{file or url} cannot be used: {error}", remedy)
    return Finding("token keys", "ok", f"{len({kid for kid, _ in keys.found})} from {file or url}")


def clock(settings: Settings, now: datetime) -> Finding:
    """Tokens and certificates expire by the clock, so it has to be about right."""
    shown = now.isoformat(timespec="seconds")
    remedy = "set the machine's clock, better let it be set over the network"
    if now < OLDEST_CLOCK:
        return Finding("clock", "fail", shown, remedy)
    places = [path for path in (settings.home, settings.home / "state", settings.cache) if path.exists()]
    newest = max((path.stat().st_mtime for path in places), default=0.0)
    if newest > now.timestamp() + SLACK_SECONDS:
        return Finding("clock", "warn", f"{shown}, but {settings.home} was changed later than that", remedy)
    return Finding("clock", "ok", shown)


def _line(finding: Finding) -> str:
    line = f"{finding.verdict:<5} {finding.name}: {finding.found}"
    return f"{line}\n      -> {finding.remedy}" if finding.remedy else line
