"""Set-up: each step once, and one line for what goes wrong."""

import importlib.util
import shutil
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup.py"
FAKE_PIP = """#!/bin/sh
case "$*" in
  *" pip "*) echo "$@" >>"$0.calls"; if [ -e "$0.says" ]; then cat "$0.says" >&2; exit 1; fi ;;
  *version*torch*) [ -e "$0.torch" ] && cat "$0.torch" ;;
esac
exit 0
"""


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script on a checkout of its own, whose Python only notes what pip is asked to do."""
    spec = importlib.util.spec_from_file_location("setup_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = SCRIPT.parents[1]
    for name in (
        "pyproject.toml",
        "graph/server/neo4j.lock.json",
        "api/graphiql/graphiql.lock.json",
        *(f"requirements/{layer}.lock" for layer in module.LAYERS),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, tmp_path / name)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.11.7\n", encoding="utf-8")
    for name, text in {"python": FAKE_PIP, "twin": "#!/bin/sh\nexit 0\n"}.items():
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", programs / "python")
    monkeypatch.setattr(module, "STAMPS", tmp_path / ".venv" / ".setup")
    return module


def calls(setup: ModuleType) -> list[str]:
    file = setup.PYTHON.with_name("python.calls")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def test_layers_are_installed_in_order_by_hash_and_then_never_again(setup: ModuleType) -> None:
    first = setup.main()
    asked = calls(setup)
    second = setup.main()

    assert (first, second) == (0, 0)
    locks = [call.split(" -r ")[1].split()[0].rsplit("/", 1)[1] for call in asked if " -r " in call]
    assert locks == ["build.lock", "serve.lock", "train.lock", "torch.lock", "test.lock"]
    assert all("--require-hashes --no-deps" in call for call in asked if " -r " in call)
    assert calls(setup) == asked


def test_a_changed_lock_repeats_its_layer_alone(setup: ModuleType) -> None:
    setup.main()
    before = len(calls(setup))
    lock = setup.ROOT / "requirements" / "train.lock"
    lock.write_text(lock.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")

    setup.main()

    assert [call.split(" -r ")[1].split()[0] for call in calls(setup)[before:]] == [str(lock)]


@pytest.mark.parametrize(
    ("installed", "kept"),
    [("2.13.0+cpu", True), ("2.9.1", True), ("2.8.0", False), ("2.14.0", False), ("", False)],
)
def test_a_torch_that_fits_is_kept(setup: ModuleType, installed: str, kept: bool) -> None:
    setup.PYTHON.with_name("python.torch").write_text(installed, encoding="utf-8")

    setup.main()

    asked_for_torch = any("torch.lock" in call for call in calls(setup))
    assert asked_for_torch is not kept


def test_the_size_of_torch_is_said_before_it_is_fetched(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    setup.main()

    said = capsys.readouterr().out
    assert "torch, a large one: about " in said
    assert "to download" in said


@pytest.mark.parametrize(
    ("pip_says", "line"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "WARNING: Retrying ... NewConnectionError('<pip._vendor...>: Failed to establish a new connection')\n"
            "ERROR: No matching distribution found for click==8.5.1",
            "the package index cannot be reached: check the network",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "a package is not the one in the lock",
        ),
        (
            "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))",
            "the package index shows a certificate",
        ),
        (
            "ERROR: No matching distribution found for click==8.5.1",
            "the package index cannot be reached, or lacks a locked package",
        ),
        ("ERROR: something new", "pip failed: 'ERROR: something new'"),
    ],
)
def test_what_pip_says_becomes_one_line(
    setup: ModuleType, capsys: pytest.CaptureFixture[str], pip_says: str, line: str
) -> None:
    setup.PYTHON.with_name("python.says").write_text(pip_says, encoding="utf-8")

    code = setup.main()

    said = capsys.readouterr().err
    assert code == 3
    assert said.startswith(f"error: {line}")
    assert said.count("\n") == 1
    assert (setup.STAMPS / "pip.log").read_text(encoding="utf-8") == pip_says
    assert not (setup.STAMPS / "build").exists()


def test_too_little_disk_is_said_before_anything_is_made(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(20_000_000_000, 0, 3_000_000_000))
    shutil.rmtree(setup.VENV)

    code = setup.main()

    assert code == 3
    assert "has 3.0 GB free and 12 GB are needed: free some space" in capsys.readouterr().err
    assert not setup.VENV.exists()


def test_a_missing_libgomp_is_said_before_anything_is_made(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(_: str) -> None:
        raise OSError

    monkeypatch.setattr(setup.sys, "platform", "linux")
    monkeypatch.setattr(setup.ctypes, "CDLL", missing)
    shutil.rmtree(setup.VENV)

    code = setup.main()

    assert code == 3
    assert capsys.readouterr().err.startswith("error: libgomp is missing, training needs it: install it ")
