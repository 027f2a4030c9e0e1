"""The locks: complete, hashed, without addresses, and in step with what they are made from."""

import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from graph.server.lock_checks import check_one_jackson, check_unique
from graph.server.lockfile import LOCK_FILE, Lock

ROOT = Path(__file__).parents[2]
LAYERS = ("build", "serve", "train", "torch", "test")
LINE = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<marker> ; sys_platform == \"linux\")? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def lines(layer: str) -> tuple[str, ...]:
    return tuple((ROOT / "requirements" / f"{layer}.lock").read_text(encoding="utf-8").splitlines())


def pins(layer: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in map(LINE.match, lines(layer)) if match}


def bounds(layer: str) -> list[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"]
    texts = {
        "build": PROJECT["build-system"]["requires"],
        "serve": PROJECT["project"]["dependencies"],
        "train": [text for text in extras["train"] if Requirement(text).name != "torch"],
        "torch": [text for text in extras["train"] if Requirement(text).name == "torch"],
        "test": extras["test"],
    }
    return [Requirement(text) for text in texts[layer]]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_lock_holds_pins_with_hashes_and_nothing_else(layer: str) -> None:
    head, *rest = lines(layer)

    assert head == f"# Made by `make lock` from pyproject.toml; layer: {layer}."
    assert [line for line in rest if line and not LINE.match(line) and not HASH.match(line)] == []
    unhashed = [line for line, following in pairwise(rest) if LINE.match(line) and not HASH.match(following)]
    assert unhashed == []


@pytest.mark.parametrize("layer", LAYERS)
def test_every_bound_of_the_project_is_met_by_a_pin(layer: str) -> None:
    pinned = pins(layer)

    unmet = [
        str(bound)
        for bound in bounds(layer)
        if not bound.specifier.contains(pinned.get(canonicalize_name(bound.name), "0"))
    ]

    assert bounds(layer) != []
    assert unmet == []


def test_layers_agree_on_every_version() -> None:
    versions: dict[str, set[str]] = {}
    for layer in LAYERS:
        for name, version in pins(layer).items():
            versions.setdefault(name, set()).add(version)

    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_serving_needs_no_analytics() -> None:
    assert {"numpy", "pandas", "pyarrow", "torch", "lightgbm"} & pins("serve").keys() == set()


def test_only_linux_installs_what_only_linux_needs() -> None:
    marked = {match["name"] for match in map(LINE.match, lines("torch")) if match and match["marker"]}

    expected = {name for name in pins("torch") if name.startswith(("nvidia-", "cuda-")) or name == "triton"}
    assert marked == expected
    assert len(expected) > 10
    other_layers = ("build", "serve", "train", "test")
    others = [match for layer in other_layers for match in map(LINE.match, lines(layer)) if match]
    assert [match["name"] for match in others if match["marker"]] == []


def test_the_neo4j_lock_is_what_would_be_written() -> None:
    assert Lock.load().text() == LOCK_FILE.read_text(encoding="utf-8")


def test_the_neo4j_lock_names_no_host() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (LOCK_FILE, LOCK_FILE.with_name("pom.xml"))]

    assert [found for text in texts for found in re.findall(r"\w+://|www\.|\.(?:com|org|net)/", text)] == []


def test_the_neo4j_lock_keeps_its_rules() -> None:
    artifacts = Lock.load().artifacts

    check_unique(artifacts)
    check_one_jackson(artifacts)
    assert [a.name for a in artifacts if not re.fullmatch(r"[0-9a-f]{64}", a.sha256) or a.size < 100] == []
    assert [a.artifact for a in artifacts if a.folder == "plugins"] == [
        "alpha-proc",
        "proc",
        "proc-catalog",
        "proc-centrality",
        "proc-common",
        "proc-community",
        "proc-embeddings",
        "proc-machine-learning",
        "proc-misc",
        "proc-path-finding",
        "proc-pipeline-catalog",
        "proc-pregel",
        "proc-similarity",
        "proc-sysinfo",
    ]


def test_the_neo4j_lock_is_made_from_today_s_pom() -> None:
    lock = Lock.load()
    properties = ElementTree.parse(LOCK_FILE.with_name("pom.xml")).getroot().find("properties")  # noqa: S314 - our own

    assert properties is not None
    versions = {element.tag: element.text for element in properties}
    assert versions["neo4j.version"] == lock.neo4j
    assert versions["gds.version"] == lock.gds
    assert versions["browser.version"] == lock.browser
    assert versions["java.version"] == lock.java
    neo4j = {a.version for a in lock.artifacts if (a.group, a.artifact) == ("org.neo4j", "neo4j")}
    gds = {a.version for a in lock.artifacts if a.group == "org.neo4j.gds"}
    browser = {a.version for a in lock.artifacts if a.artifact == "neo4j-browser"}
    assert (neo4j, gds, browser) == ({lock.neo4j}, {lock.gds}, {lock.browser})
