"""The pages tell the truth: commands, settings, folders, files and links in them exist."""

import importlib
import re
from pathlib import Path

import click
import pytest

from api.cli import COMMANDS, EXIT_CODES
from graph.settings import KNOWN_VARIABLES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "cypher").glob("*.md")])
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
TWIN = re.compile(r"(?:^|[`\s/(])twin (?!--)([a-z0-9-]+)((?: [a-z]+)?)((?:[^`\n|]*))", re.MULTILINE)
MAKE = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z-]+")


def _code(page: Path) -> str:
    """What a page sets as code: blocks, and text between backticks."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*(re.sub(r"#.*", "", line) for block in blocks for line in block.splitlines()), *inline])


def _command(name: str, sub: str) -> click.Command:
    found = importlib.import_module(COMMANDS[name][0]).command
    if isinstance(found, click.Group) and sub:
        found = found.commands[sub]
    assert isinstance(found, click.Command)
    return found


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    # given
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]

    # when
    broken = [link for link in links if not _leads_somewhere(page, link)]

    # then
    assert broken == []


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not anchor:
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_and_their_options_exist(page: Path) -> None:
    # given
    shown = [(name, sub.strip(), rest) for name, sub, rest in TWIN.findall(_code(page))]

    # when
    unknown = []
    for name, sub, rest in shown:
        if name not in COMMANDS:
            unknown.append(f"twin {name}")
            continue
        group = isinstance(importlib.import_module(COMMANDS[name][0]).command, click.Group)
        if group and sub and sub not in importlib.import_module(COMMANDS[name][0]).command.commands:
            unknown.append(f"twin {name} {sub}")
            continue
        options = {option for part in _command(name, sub).params for option in part.opts} | {"--help"}
        unknown += [f"twin {name} {option}" for option in OPTION.findall(sub + rest) if option not in options]

    # then
    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_make_targets_exist(page: Path) -> None:
    # given
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    # then
    assert set(MAKE.findall(_code(page))) - targets == set()


def test_the_list_of_commands_is_the_command_lines() -> None:
    # given
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    # when
    listed = re.findall(r"^\| `twin ([a-z0-9-]+)` \|", page, re.MULTILINE)

    # then
    assert listed == list(COMMANDS)


def test_every_setting_is_documented_once() -> None:
    # given
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = page.split("## Settings")[1].split("## ")[0]
    neo4j = {"NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_PASSWORD_FILE", "NEO4J_JAVA"}

    # when
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = [name for cell in cells for name in re.findall(r"`([A-Z0-9_]+)`", cell)]

    # then
    assert sorted(documented) == sorted(KNOWN_VARIABLES | neo4j)


def test_exit_codes_of_the_page_are_those_of_the_command_line() -> None:
    # given
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("Exit codes: ")[1].split("\n\n")[0]

    # then
    assert re.findall(r"(?:^|, |\n)(\d+) ", page) == re.findall(r"(?:: |, |\n)(\d+) ", EXIT_CODES)
