"""Which Python set-up takes, and what it says when there is none."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "find_python.sh"


def fake_python(folder: Path, name: str, version: tuple[int, int], complete: bool = True) -> None:
    """A program that answers the script's questions like a Python of this version."""
    program = folder / name
    program.write_text(
        "#!/bin/sh\n"
        'case "$2" in\n'
        f'  *print*version_info*) echo "{version[0]}.{version[1]}" ;;\n'
        f"  *version_info*) exit {0 if version >= (3, 11) else 1} ;;\n"
        f"  *ensurepip*) exit {0 if complete else 1} ;;\n"
        f"  *executable*) echo {program} ;;\n"
        "esac\n",
        encoding="utf-8",
    )
    program.chmod(0o755)


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)], env={"PATH": str(folder), **environment}, capture_output=True, text=True, check=False
    )


def test_the_newest_that_runs_is_taken(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3.12", (3, 12))
    fake_python(tmp_path, "python3.11", (3, 11))
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\necho 'no such version' >&2\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)

    done = run(tmp_path)

    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/python3.12\n")


def test_a_named_one_comes_first(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3.13", (3, 13))
    fake_python(tmp_path, "mine", (3, 11))

    assert run(tmp_path, PYTHON=str(tmp_path / "mine")).stdout == f"{tmp_path}/mine\n"


@pytest.mark.parametrize(
    ("version", "complete", "line"),
    [
        pytest.param((3, 9), True, "Python 3.11 or newer is needed, python3 is 3.9: install one", id="too old"),
        pytest.param((3, 12), False, "python3 has no 'venv' and 'ensurepip': install them", id="without venv"),
        pytest.param(None, True, "no Python was found: install 3.11, 3.12 or 3.13", id="none"),
    ],
)
def test_one_line_says_what_is_missing(
    tmp_path: Path, version: tuple[int, int] | None, complete: bool, line: str
) -> None:
    if version is not None:
        fake_python(tmp_path, "python3", version, complete)

    done = run(tmp_path)

    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: {line}")
    assert done.stderr.count("\n") == 1
