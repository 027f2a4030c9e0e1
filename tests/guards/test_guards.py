"""The list of guards is current: each stands where the list says."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.guards.guards import GUARDS, Guard

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("guard", GUARDS, ids=[guard.name for guard in GUARDS])
def test_a_guard_stands_where_the_list_says(guard: Guard) -> None:
    spec = find_spec(guard.module)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).read_text(encoding="utf-8").count(guard.old) == 1
    assert guard.old != guard.new
    assert (ROOT / guard.tests.partition(" ")[0]).is_file()


def test_names_are_unique() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
