"""Every known class of leak has an attack."""

import re
from pathlib import Path


def test_each_of_the_35_classes_has_a_named_attack() -> None:
    folder = Path(__file__).parent
    found = {
        int(number)
        for file in folder.glob("test_*.py")
        for number in re.findall(r"^def test_class_(\d\d)_\w+", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert found == set(range(1, 36))
