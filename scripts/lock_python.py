"""Pin and hash what Python has to install, one lock file per layer, from the bounds in pyproject.toml.

    python scripts/lock_python.py            keep today's pins where the bounds still allow them
    python scripts/lock_python.py --upgrade  take the newest versions that the bounds allow

Layers are installed in this order, and a later one never changes what an earlier one pinned:

    build   what builds the project itself    serve   what serving and refreshing need
    train   what training adds                torch   torch and what it alone needs
    test    test tools

pip-compile answers for the machine it runs on. What other supported machines (`ENVIRONMENTS`) must not
install gets a marker here, read from the metadata of the installed packages; a package that only another
machine needs is an error, because its hashes would be missing.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
LAYERS = ("build", "serve", "train", "torch", "test")
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"))
ENVIRONMENTS = [
    {
        "sys_platform": platform,
        "platform_system": system,
        "platform_machine": machine,
        "os_name": "posix",
        "python_version": python,
        "python_full_version": f"{python}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for platform, system, machine in MACHINES
    for python in PYTHONS
]
# pip-compile downloads every file of a release to hash it unless its index is the public one; mirrors state the
# hashes too, and for torch that spares some twenty gigabytes.
COMPILE = """
from piptools.repositories.pypi import PyPIRepository
from piptools.scripts.compile import cli
download = PyPIRepository._get_file_hash
def stated(self, link):
    return f"sha256:{link.hash}" if link.hash_name == "sha256" else download(self, link)
PyPIRepository._get_file_hash = stated
cli(prog_name="pip-compile")
"""
PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[^\]]*\])?==([^\s;\\]+)")


def wanted(layer: str) -> list[str]:
    """The bounds of one layer, as pyproject.toml states them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    is_torch = {bound: Requirement(bound).name == "torch" for bound in extras["train"]}
    return {
        "build": project["build-system"]["requires"],
        "serve": project["project"]["dependencies"],
        "train": [bound for bound, torch in is_torch.items() if not torch],
        "torch": [bound for bound, torch in is_torch.items() if torch],
        "test": extras["test"],
    }[layer]


def pins(text: str) -> dict[str, str]:
    """Package name to version of every pin in a lock or a `pip freeze`."""
    found = (PIN.match(line) for line in text.splitlines())
    return {canonicalize_name(match[1]): match[3] for match in found if match is not None}


def compiled(bounds: list[str], constraints: dict[str, str], folder: Path) -> str:
    """What pip-compile makes of the bounds under the constraints, with hashes and without addresses."""
    source, limits, target = folder / "bounds.in", folder / "limits.txt", folder / "out.lock"
    limits.write_text("".join(f"{name}=={version}\n" for name, version in sorted(constraints.items())))
    source.write_text("\n".join([f"-c {limits}", *bounds, ""]))
    target.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-c", COMPILE, "--quiet", "--generate-hashes", "--strip-extras",
         "--allow-unsafe", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
         "--no-emit-trusted-host", "--no-emit-options", "--output-file", str(target), str(source)],
        check=True,
    )  # fmt: skip
    return target.read_text(encoding="utf-8")


def reach(bounds: list[str], environment: dict[str, str]) -> set[str]:
    """Names of all packages that one environment needs for these bounds."""
    seen: set[tuple[str, str]] = set()
    queue = [Requirement(bound) for bound in bounds]
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *sorted(requirement.extras)):
            if requirement.marker is not None and not requirement.marker.evaluate({**environment, "extra": ""}):
                continue
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for text in metadata.requires(name) or []:
                child = Requirement(text)
                if child.marker is None:
                    if not extra:
                        queue.append(child)
                elif child.marker.evaluate({**environment, "extra": extra}):
                    child.marker = None
                    queue.append(child)
    return {name for name, _ in seen}


def marked(text: str, bounds: list[str], earlier: set[str]) -> str:
    """The lock with a marker on each package that only Linux needs; raise when another machine needs more."""
    per_environment = [(environment["sys_platform"], reach(bounds, environment)) for environment in ENVIRONMENTS]
    here = set(pins(text))
    everywhere = set().union(*(names for _, names in per_environment))
    if missing := everywhere - here - earlier:
        raise SystemExit(f"error: {sorted(missing)} are needed on other machines than this one: lock them by hand")
    other = set().union(*(names for platform, names in per_environment if platform != "linux"))
    lines = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = PIN.match(line)
        if match is not None:
            name, version = canonicalize_name(match[1]), match[3]
            if metadata.version(name) != version:
                raise SystemExit(f"error: {name} {metadata.version(name)!r} is installed, {version!r} is locked: "
                                 f"run '.venv/bin/pip install {name}=={version}', then this again")  # fmt: skip
            marker = "" if name in other else ' ; sys_platform == "linux"'
            line = f"{name}=={version}{marker} \\"  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> None:
    arguments = argparse.ArgumentParser(description="Pin and hash the Python packages, layer by layer.")
    arguments.add_argument("--upgrade", action="store_true", help="take the newest versions the bounds allow")
    arguments.add_argument("--pins", type=Path, help="start from the pins in this file (a 'pip freeze')")
    options = arguments.parse_args()
    if find_spec("piptools") is None:
        raise SystemExit("error: pip-compile is not installed: run '.venv/bin/pip install pip-tools'")
    FOLDER.mkdir(exist_ok=True)
    known: dict[str, str] = pins(options.pins.read_text()) if options.pins else {}
    if not options.upgrade:
        for lock in FOLDER.glob("*.lock"):
            known |= pins(lock.read_text(encoding="utf-8"))
    settled: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for layer in LAYERS:
            bounds = wanted(layer)
            text = compiled(bounds, known | settled, Path(folder))
            text = marked(text, bounds, set(settled))
            before = pins(path.read_text(encoding="utf-8")) if (path := FOLDER / f"{layer}.lock").exists() else {}
            path.write_text(f"# Made by `make lock` from pyproject.toml; layer: {layer}.\n{text}", encoding="utf-8")
            settled |= pins(text)
            report(layer, before, pins(text))


def report(layer: str, before: dict[str, str], after: dict[str, str]) -> None:
    """Print what changed in a layer."""
    changed = [f"{name} {before.get(name, '-')} -> {after.get(name, '-')}"
               for name in sorted(before | after) if before.get(name) != after.get(name)]  # fmt: skip
    print(f"{layer}: {len(after)} packages, {len(changed)} changed")
    for line in changed:
        print(f"  {line}")


if __name__ == "__main__":
    main()
