"""`twin serve` as a process of its own, as a front end meets it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from graph.errors import ServerError


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[str]:
    """Start the API, yield its address, stop it at the end."""
    command = [sys.executable, "-m", "api.cli", "serve", "--json"]
    with subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise ServerError("the API's output cannot be read")
            line = process.stdout.readline()
            if not line:
                raise ServerError(f"the API did not start (exit code {process.wait()}): run `twin serve` to see why")
            yield str(json.loads(line)["address"])
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def development_token(environment: Mapping[str, str], *arguments: str) -> str:
    """A development token, made by the command that people use."""
    made = subprocess.run(
        [sys.executable, "-m", "api.cli", "token", *arguments],
        env=dict(environment),
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.strip()
