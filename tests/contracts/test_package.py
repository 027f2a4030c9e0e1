"""What is installed holds every file that the code reads: images are built from the package, not from a checkout."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "cypher", "gnn", "graph")


def test_every_kind_of_file_in_a_package_is_package_data() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["*"]

    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()]

    installed = {".py", *(pattern.removeprefix("**/*") for pattern in patterns)}
    left_out = {file.suffix for file in files if "__pycache__" not in file.parts} - installed
    assert left_out <= {".md"}  # texts for people who read the source


def test_every_package_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["tool"]["setuptools"]["packages"]["find"]["include"] == [f"{package}*" for package in PACKAGES]
