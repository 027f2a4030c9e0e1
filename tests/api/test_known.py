"""A token that was valid a moment ago is not verified again, and never counts beyond its end."""

from pathlib import Path

import pytest

from api.errors import Unauthenticated
from api.known import KnownTokens
from api.tokens import Caller, Tokens, development_key, sign
from graph.governance import load_policy
from graph.settings import Settings
from tests.conftest import settings_for

REP = Caller("rep-1", "field_rep", "field_engagement", ("T-1",))


class Counted:
    """Counts what reaches the real check."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens, self.calls = tokens, 0

    def __call__(self, authorization: str | None) -> Caller:
        self.calls += 1
        return self.tokens.caller(authorization)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def header(settings: Settings, caller: Caller = REP, lifetime: int = 3600) -> str:
    return f"Bearer {sign(development_key(settings), caller, lifetime=lifetime)}"


def test_one_token_is_verified_once_in_five_seconds(settings: Settings) -> None:
    check, clock = Counted(Tokens.of(settings, load_policy())), [1000.0]
    known = KnownTokens(check, lambda: clock[0])
    token = header(settings)
    assert [known.caller(token) for _ in range(3)] == [REP] * 3
    assert check.calls == 1
    clock[0] += 5.0
    assert known.caller(token) == REP
    assert check.calls == 2


def test_another_token_is_verified_for_itself(settings: Settings) -> None:
    check = Counted(Tokens.of(settings, load_policy()))
    known = KnownTokens(check)
    other = Caller("rep-2", "field_rep", "field_engagement", ("T-2",))
    assert known.caller(header(settings)) == REP
    assert known.caller(header(settings, other)) == other
    assert check.calls == 2


def test_a_known_token_ends_when_it_says(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a token that lives two seconds more, and was seen
    import time

    now = time.time()
    clock = [now]
    known = KnownTokens(Tokens.of(settings, load_policy()).caller, lambda: clock[0])
    token = header(settings, lifetime=2)
    assert known.caller(token) == REP
    # when three seconds pass
    clock[0] = now + 3
    monkeypatch.setattr("api.tokens.time.time", lambda: clock[0])
    # then it counts no more
    with pytest.raises(Unauthenticated):
        known.caller(token)


@pytest.mark.parametrize("wrong", [None, "", "Bearer", "Bearer x", "Basic abc", "Bearer a.b.c"])
def test_what_is_no_token_is_never_known(settings: Settings, wrong: str | None) -> None:
    check = Counted(Tokens.of(settings, load_policy()))
    known = KnownTokens(check)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            known.caller(wrong)
    assert check.calls == 2


def test_the_oldest_are_forgotten(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.known.MOST", 2)
    check = Counted(Tokens.of(settings, load_policy()))
    known = KnownTokens(check)
    tokens = [header(settings, Caller(f"rep-{n}", "field_rep", "field_engagement")) for n in range(3)]
    for token in tokens:
        known.caller(token)
    known.caller(tokens[2])
    assert check.calls == 3
    known.caller(tokens[0])
    assert check.calls == 4
