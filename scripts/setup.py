"""Set up everything in .venv from the locks, each step once: a stamp keeps the lock's checksum.

Needs nothing but a Python from 3.11. pip's own settings (index, mirror, proxy, authorities) are respected.
A torch that is in .venv already and fits the bounds of pyproject.toml is kept: to use a build for CPUs, make the
environment (`python3 -m venv .venv`), install that build into it, then run `make setup`.
"""

import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".setup"
COLD_BYTES, TORCH_BYTES = 12_000_000_000, 9_000_000_000
LAYERS = {
    "build": "what builds the project",
    "serve": "what serving and refreshing need",
    "train": "what training adds",
    "torch": "torch",
    "test": "test tools",
}
# What pip says, and what to tell people. The first that matches wins.
EXPLANATIONS = (
    (
        r"No space left on device|Errno 28|Disk quota",
        "the disk is full: free some space (about 12 GB are needed in all)",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "a package is not the one in the lock: check what your package index or proxy delivers",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "the package index shows a certificate that is not trusted: name your authorities in PIP_CERT",
    ),
    (
        r"Temporary failure in name resolution|NewConnectionError|ConnectTimeout|Network is unreachable|ProxyError"
        r"|Connection refused|Name or service not known|nodename nor servname|NameResolutionError|ReadTimeout",
        "the package index cannot be reached: check the network, HTTPS_PROXY, or set PIP_INDEX_URL to a mirror",
    ),
    (
        r"No matching distribution found|Could not find a version",
        "the package index cannot be reached, or lacks a locked package: check the network and PIP_INDEX_URL",
    ),
    (r"Permission denied|Errno 13", "a folder cannot be written: check who owns .venv"),
)


class SetupError(Exception):
    """One line for people."""


def main() -> int:
    try:
        for name, key, work in steps():
            stamp = STAMPS / name
            if stamp.exists() and stamp.read_text() == key:
                continue
            started = time.monotonic()
            work()
            STAMPS.mkdir(exist_ok=True)
            stamp.write_text(key)
            print(f"set-up: {name} done in {time.monotonic() - started:.0f} s", flush=True)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    except OSError as error:
        print(f"error: {error.filename or ROOT}: {error.strerror}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return 0


def steps() -> Iterator[tuple[str, str, Callable[[], None]]]:
    """Every step as (name, what it depends on, work), in order; the work of a later one may need an earlier one."""
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode:
        check_space(COLD_BYTES)
        check_openmp()
        print(f"set-up: making {VENV} with Python {sys.version.split()[0]}", flush=True)
        venv.create(VENV, with_pip=True, clear=True)
    made_by = (VENV / "pyvenv.cfg").read_text()
    for layer in LAYERS:
        lock = ROOT / "requirements" / f"{layer}.lock"
        yield layer, digest(lock.read_text() + made_by), lambda layer=layer, lock=lock: install(layer, lock)
    project = ROOT / "pyproject.toml"
    yield "project", digest(project.read_text() + made_by + str(ROOT)), install_project
    jars = ROOT / "graph" / "server" / "neo4j.lock.json"
    yield "neo4j", digest(jars.read_text() + os.environ.get("TWIN_CACHE", "")), install_neo4j
    page = ROOT / "api" / "graphiql" / "graphiql.lock.json"
    yield "graphiql", digest(page.read_text() + os.environ.get("TWIN_CACHE", "")), install_graphiql


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_space(needed: int) -> None:
    """Before the download, not after most of it."""
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise SetupError(
            f"{str(ROOT)!r} has {free / 1e9:.1f} GB free and {needed / 1e9:.0f} GB are needed: free some space"
        )


def check_openmp() -> None:
    """Some training packages load it from the system, and say obscure things when it is not there."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        raise SetupError(
            "libgomp is missing, training needs it: install it "
            "(Debian, Ubuntu: apt-get install libgomp1; Fedora: dnf install libgomp)"
        ) from None


def install(layer: str, lock: Path) -> None:
    if layer == "torch":
        kept = acceptable_torch()
        if kept is not None:
            print(f"set-up: torch {kept} is there and is kept", flush=True)
            return
        print(f"set-up: torch, a large one: {torch_size()}", flush=True)
        check_space(TORCH_BYTES if sys.platform == "linux" else TORCH_BYTES // 10)
    else:
        print(f"set-up: {LAYERS[layer]} ({lock.read_text().count('==')} packages)", flush=True)
    # The locks are closed: pip need not look for dependencies, and may not add any.
    pip("install", "--require-hashes", "--no-deps", "-r", str(lock), loud=layer == "torch")


def torch_size() -> str:
    if sys.platform == "linux":
        return (
            "about 2.7 GB to download and 5.5 GB on disk, because the public build for Linux brings CUDA along "
            "(scripts/setup.py says how to use a smaller build)"
        )
    return "about 110 MB to download and 500 MB on disk"


def acceptable_torch() -> str | None:
    """The version of an installed torch that fits the bounds in pyproject.toml, local parts (`+cpu`) included."""
    asked = [str(PYTHON), "-c", "from importlib.metadata import version; print(version('torch'))"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    bound = next(bound for bound in extras["train"] if re.match(r"torch\b(?!-)", bound))
    lowest, below = (numbers(text) for text in re.findall(r"[\d.]+", bound))
    return found if found and lowest <= numbers(found.split("+")[0]) < below else None


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def install_project() -> None:
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def install_neo4j() -> None:
    done = subprocess.run([str(VENV / "bin" / "twin"), "neo4j", "install"], check=False)
    if done.returncode != 0:
        raise SetupError("Neo4j is not installed, for the reason above; then run 'make setup' again")


def install_graphiql() -> None:
    done = subprocess.run([str(PYTHON), "-m", "api.graphiql.fetch"], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SetupError("GraphiQL is not installed, for the reason above; then run 'make setup' again")


def pip(*arguments: str, loud: bool = False) -> None:
    """Run pip; what it says in the end is kept in a file, and explained in one line when it fails."""
    quiet = [] if loud else ["--quiet"]
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments, *quiet]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode == 0:
        return
    STAMPS.mkdir(exist_ok=True)
    log = STAMPS / "pip.log"
    log.write_text(done.stderr)
    for pattern, explanation in EXPLANATIONS:
        if re.search(pattern, done.stderr):
            raise SetupError(f"{explanation}; all that pip said is in {str(log)!r}")
    last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
    raise SetupError(f"pip failed: {last[:200]!r}; all that it said is in {str(log)!r}")


if __name__ == "__main__":
    sys.exit(main())
