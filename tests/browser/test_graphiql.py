"""GraphiQL in a real browser: every role asks from local files, with a schema of its own."""

import json
from pathlib import Path

import pytest

from api.graphiql.files import fetched
from graph.governance import load_policy
from graph.settings import Settings
from graph.store import open_store
from tests.api.conftest import rebuild
from tests.api.served import served
from tests.browser.conftest import Chromium
from tests.conftest import settings_for

ANSWER = "(document.querySelector('.result-window .CodeMirror') || {CodeMirror: null}).CodeMirror?.getValue() ?? ''"


def test_every_role_asks_and_is_answered(empty_server: Settings, tmp_path: Path, chromium: Chromium) -> None:
    # given the development server on the hand-made world
    with open_store(empty_server) as store:
        rebuild(store)
        connection = store.connection
    settings = settings_for(
        tmp_path, NEO4J_URI=connection.uri, NEO4J_USER=connection.user, NEO4J_PASSWORD=connection.password
    )
    if not fetched(settings):
        pytest.skip("the files of GraphiQL were not fetched: run `python -m api.graphiql.fetch` with a network")
    with served(settings) as url:
        chromium.open(url)
        chromium.wait_for("document.querySelector('.graphiql-execute-button') !== null", 60)
        names = chromium.evaluate("[...document.querySelectorAll('#role option')].map((option) => option.value)")
        assert names == list(load_policy().roles)
        for role in names:
            # when somebody chooses the role and asks what stands there
            chosen = json.dumps(role)
            chromium.evaluate(
                f"(() => {{ const e = document.getElementById('role'); e.value = {chosen}; "
                "e.dispatchEvent(new Event('change')) })()"
            )
            chromium.wait_for(f"document.getElementById('said').textContent === 'asking as ' + {chosen}")
            chromium.wait_for("document.querySelector('.graphiql-execute-button') !== null")
            chromium.click(".graphiql-execute-button")
            # then the answer is of this role
            chromium.wait_for(f"({ANSWER}).includes('\"role\": ' + JSON.stringify({chosen}))", 60)
        asked = chromium.requests
    assert asked
    assert all(address.startswith((url.removesuffix("/graphql"), "data:", "blob:")) for address in asked)
    assert chromium.refused == []
