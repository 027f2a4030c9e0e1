"""What is put beside Neo4j Browser, and when."""

import zipfile
from pathlib import Path

from graph.server.browser import lay_out
from graph.server.home import ServerHome


def browser_jar(file: Path, page: str) -> Path:
    with zipfile.ZipFile(file, "w") as content:
        content.writestr("META-INF/MANIFEST.MF", "x")
        content.writestr("browser/index.html", page)
        content.writestr("browser/assets/app.js", "y")
    return file


def files_below(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_browser_is_unpacked_and_the_guide_is_beside_it(tmp_path: Path) -> None:
    home, jar = ServerHome(tmp_path / "home"), browser_jar(tmp_path / "browser.jar", "one")

    lay_out(home, jar, "1.0", http_port=7474, bolt_port=7687)

    found = files_below(home.web)
    assert {"browser/index.html", "browser/assets/app.js", "browser/twin/guide.html", "browser.version"} <= found
    assert not [name for name in found if name.startswith("META-INF")]


def test_the_guide_follows_the_ports_and_browser_its_version(tmp_path: Path) -> None:
    home = ServerHome(tmp_path / "home")
    page, guide = home.web / "browser" / "index.html", home.web / "browser" / "twin" / "guide.html"
    lay_out(home, browser_jar(tmp_path / "one.jar", "one"), "1.0", http_port=7474, bolt_port=7687)
    page.write_text("kept", encoding="utf-8")

    lay_out(home, browser_jar(tmp_path / "two.jar", "two"), "1.0", http_port=17474, bolt_port=17687)
    same_version = page.read_text(encoding="utf-8")
    lay_out(home, browser_jar(tmp_path / "three.jar", "three"), "1.1", http_port=17474, bolt_port=17687)

    assert same_version == "kept"
    assert page.read_text(encoding="utf-8") == "three"
    assert "http://127.0.0.1:17474/" in guide.read_text(encoding="utf-8")
    assert "127.0.0.1:7474/" not in guide.read_text(encoding="utf-8")
