"""Tools of others, each in a virtual environment of its own in the cache: their requirements are not ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from graph.settings import Settings


def tool(name: str, version: str, settings: Settings) -> Path:
    """The command of a tool, installed when it is not there yet."""
    folder = settings.cache / "tools" / f"{name}-{version}-{sys.version_info.major}.{sys.version_info.minor}"
    command = folder / "bin" / name
    if not command.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", f"{name}=={version}"]
        subprocess.run(pip, check=True, timeout=600)
    return command


def clean_environment() -> dict[str, str]:
    """Without what points into our own environment."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TWIN_", "NEO4J_"))}
