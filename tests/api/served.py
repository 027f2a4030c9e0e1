"""`twin serve` as a process of its own, for clients that are no Python."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from joserfc.jwk import OKPKey

from api.tokens import Caller, sign
from graph.settings import Settings
from tests.api.test_serving import environment

GENEROUS = {"TWIN_COST_PER_SECOND": "1000000000", "TWIN_COST_BURST": "1000000000"}


@contextmanager
def served(settings: Settings, *options: str, **variables: str) -> Iterator[str]:
    """The address of the GraphQL endpoint while it is served; the process is ended afterwards."""
    command = [sys.executable, "-m", "api.cli", "serve", "--json", *options]
    process = subprocess.Popen(
        command, env=environment(settings, **(GENEROUS | variables)), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["graphql"])
    finally:
        process.terminate()
        process.communicate(timeout=20)


def production(folder: Path, caller: Caller) -> tuple[dict[str, str], str]:
    """The variables of the closed profile with keys of its own, and a token that they verify."""
    key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": [key.as_dict(private=False)]}), encoding="utf-8")
    return {"TWIN_PROFILE": "production", "TWIN_JWKS_FILE": str(file)}, sign(key, caller)
