"""What the local server shows over HTTP: Neo4j Browser, and our guide beside it."""

import shutil
import zipfile
from pathlib import Path

from graph.server.guide import write_guide
from graph.server.home import ServerHome

JAR_FOLDER = "browser/"


def lay_out(home: ServerHome, jar: Path, version: str, http_port: int, bolt_port: int) -> None:
    """Unpack Browser once per version and write the guide anew, because it names the ports."""
    folder, stamp = home.web / "browser", home.web / "browser.version"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != version:
        shutil.rmtree(home.web, ignore_errors=True)
        with zipfile.ZipFile(jar) as content:
            content.extractall(home.web, [name for name in content.namelist() if name.startswith(JAR_FOLDER)])
        stamp.write_text(version, encoding="utf-8")
    write_guide(folder / "twin", http_port, bolt_port)
