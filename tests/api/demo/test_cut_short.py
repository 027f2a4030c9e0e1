"""A demonstration that is cut short: what it started ends with it."""

from pathlib import Path

import pytest

from api.cli import main
from api.commands import demo
from graph.errors import ModelError
from graph.server.local import LocalServer
from graph.settings import Settings


@pytest.mark.parametrize(("failure", "code"), [(ModelError("no model"), 7), (KeyboardInterrupt(), 130)])
def test_no_server_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, code: int
) -> None:
    # given a stage that fails after the server has started
    stopped: list[Settings] = []

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setenv("TWIN_HOME", str(tmp_path))
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.setattr(demo, "build_sample_twin", fail)
    monkeypatch.setattr(LocalServer, "stop", lambda server: stopped.append(server.settings))

    # when
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--once"])

    # then
    assert ended.value.code == code
    assert [settings.home for settings in stopped] == [tmp_path]
