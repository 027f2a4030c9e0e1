"""Values become the maps that GraphQL wants: names, order, nulls, cursors."""

import pytest

from api.compiler import answer
from api.compiler.answer import Part, reader

VALUE = Part()
PLAN = Part((("name", VALUE), ("payer", Part((("name", VALUE),)))))
ENTRIES = (
    ("z", VALUE),
    ("plan", PLAN),
    ("edges", Part((("cursor", Part(seal=1)), ("node", Part((("b", VALUE), ("a", VALUE))))), many=True)),
    ("end", Part(seal=0)),
    ("it's", VALUE),
    ("payer", Part((("name", VALUE),), first=True)),
)


@pytest.mark.parametrize("spelt_out", [300, 0], ids=["spelt out", "walked"])
def test_values_get_their_names_in_the_order_asked_for(spelt_out: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a record with a value, a record in a record, a list of records, cursors, and a name with a quote
    monkeypatch.setattr(answer, "MOST_SPELT_OUT", spelt_out)
    seals = [lambda values: f"zero {values}", lambda values: f"one {values}"]
    # when
    edges = [[["k", "1"], [2, 3]], [["k", "2"], [4, None]]]
    found = reader(ENTRIES)([1, ["P", ["A"]], edges, ["k"], [5, 6], [["A"]]], seals)
    # then
    assert found == {
        "z": 1,
        "plan": {"name": "P", "payer": {"name": "A"}},
        "edges": [
            {"cursor": "one ['k', '1']", "node": {"b": 2, "a": 3}},
            {"cursor": "one ['k', '2']", "node": {"b": 4, "a": None}},
        ],
        "end": "zero ['k']",
        "it's": [5, 6],
        "payer": {"name": "A"},
    }
    assert list(found) == ["z", "plan", "edges", "end", "it's", "payer"]
    assert [list(edge["node"]) for edge in found["edges"]] == [["b", "a"]] * 2


@pytest.mark.parametrize("spelt_out", [300, 0], ids=["spelt out", "walked"])
def test_what_is_null_stays_null(spelt_out: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MOST_SPELT_OUT", spelt_out)
    expected = {"z": None, "plan": None, "edges": None, "end": None, "it's": None, "payer": None}
    assert reader(ENTRIES)([None] * 6, []) == expected
    assert reader(ENTRIES)([1, ["P", None], [], None, 2, []], []) == {
        "z": 1,
        "plan": {"name": "P", "payer": None},
        "edges": [],
        "end": None,
        "it's": 2,
        "payer": None,
    }
