"""Which Java is used."""

from pathlib import Path

import pytest

from graph.errors import InstallationError
from graph.server.java import find_java


def fake_java(folder: Path, says: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_the_packaged_java_is_used_by_default() -> None:
    java = find_java(None)

    assert java.version.startswith("21.")


@pytest.mark.parametrize("version", ["17.0.13", "21.0.8"])
def test_a_named_java_is_used(tmp_path: Path, version: str) -> None:
    program = fake_java(tmp_path, f'openjdk version "{version}" 2025-07-15 LTS')

    by_program, by_folder = find_java(str(program)), find_java(str(tmp_path))

    assert (by_program.path, by_program.version) == (program, version)
    assert by_folder == by_program


@pytest.mark.parametrize("version", ["1.8.0_412", "11.0.24", "25.0.2"])
def test_a_java_that_does_not_fit_is_refused(tmp_path: Path, version: str) -> None:
    program = fake_java(tmp_path, f'openjdk version "{version}"')

    with pytest.raises(InstallationError, match=r"does not run this Neo4j: name a Java from 17 to 21 in NEO4J_JAVA"):
        find_java(str(program))


def test_what_is_no_java_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="does not answer like a Java"):
        find_java(str(fake_java(tmp_path, "hello")))


def test_what_cannot_be_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="cannot be run"):
        find_java(str(tmp_path / "nothing"))
