"""The audit of graphql-http, which others use to compare servers, against the running API."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from api.tokens import Caller, development_key, sign
from graph.settings import Settings
from graph.store import open_store
from tests.api.conftest import rebuild
from tests.api.served import production, served
from tests.node import installed, node

AUDIT = Path(__file__).parents[2] / "bench" / "peers" / "graphql_http"
CALLER = Caller("auditor", "market_access", "access_strategy")


def audited(settings: Settings, url: str, token: str) -> list[dict[str, Any]]:
    """The result of every audit."""
    script = installed(AUDIT, settings) / "audit.mjs"
    done = subprocess.run(
        [*node(), str(script), url],
        env={**os.environ, "TWIN_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_with_get_all_audits_pass(api_settings: Settings) -> None:
    with open_store(api_settings) as store:
        rebuild(store)
    with served(api_settings, "--allow-get") as url:
        found = audited(api_settings, url, sign(development_key(api_settings), CALLER))
    assert [audit for audit in found if audit["status"] != "ok"] == []
    assert len(found) == 61


def test_the_closed_profile_has_no_error_and_no_warning(api_settings: Settings, tmp_path: Path) -> None:
    variables, token = production(tmp_path, CALLER)
    with served(api_settings, **variables) as url:
        found = audited(api_settings, url, token)
    # then all that is not done is what a server may leave out: queries by GET
    assert Counter(audit["status"] for audit in found) == {"ok": 58, "notice": 3}
    assert all("GET" in audit["name"] for audit in found if audit["status"] == "notice")
