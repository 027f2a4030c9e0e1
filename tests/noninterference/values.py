"""Synthetic values by declared type: small pools, so that filters meet several rows; nothing here is a real person."""

import datetime
import random
from typing import Any

from graph.schema.core import Prop

FIRST_DAY = datetime.date(2024, 1, 1)
DAYS = 900
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove")
UNIQUE = ("id", "key", "npi", "ccn", "token")


def value(declared: Prop, name: str, number: int, rng: random.Random) -> Any:
    """A value for the property ``name`` of the ``number``-th row."""
    if declared.values:
        return rng.choice(declared.values)
    match declared.type:
        case "string":
            return _text(name, number, rng)
        case "integer":
            return rng.randrange(1, 60)
        case "float":
            return round(rng.random(), 3)
        case "boolean":
            return rng.random() < 0.5
        case "date":
            return FIRST_DAY + datetime.timedelta(days=rng.randrange(DAYS))
        case "datetime":
            at = datetime.datetime(2025, 1, 1, 6, tzinfo=datetime.UTC)
            return at + datetime.timedelta(hours=rng.randrange(DAYS * 20))
        case "strings":
            return rng.sample(WORDS, rng.randrange(1, 4))
        case "floats":
            return [round(rng.random(), 3) for _ in range(3)]
        case "dates":
            return [FIRST_DAY + datetime.timedelta(days=rng.randrange(DAYS)) for _ in range(2)]


def _text(name: str, number: int, rng: random.Random) -> str:
    if name == "npi":
        return f"{1_900_000_000 + number}"
    if name.lower().endswith(UNIQUE):
        return f"{name}-{number:03}"
    return f"{name} {rng.choice(WORDS)}"


def another(declared: Prop, name: str, old: Any, rng: random.Random) -> Any:
    """A value of the same type that differs from ``old``; now and then none at all, or one where there was none."""
    if old is not None and not declared.required and rng.random() < 0.15:
        return None
    if declared.type == "string" and not declared.values and isinstance(old, str):
        # Ids stay ids: a hidden row answers to another one, at the other end of any order.
        return rng.choice(("!{}", "{}~", "zz {}")).format(old)
    for number in range(900, 920):
        fresh = value(declared, name, number, rng)
        if fresh != old:
            return fresh
    return None
