"""Each fault that is to be survived has a test that carries its id."""

from __future__ import annotations

import re
from pathlib import Path

FAULTS = [*range(1, 8), *range(9, 24), 31, 32, 37, 43, 45]


def test_every_fault_has_its_test() -> None:
    # when
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    named = {
        int(number)
        for text in texts
        for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)
        for number in re.findall(r"_f(\d\d)(?=_)", name)
    }

    # then
    assert sorted(named) == FAULTS
