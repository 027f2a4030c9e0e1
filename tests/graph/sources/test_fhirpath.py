"""Paths into FHIR resources: what they find, and which are refused."""

import re
from typing import Any

import pytest

from graph.sources.readers.fhirpath import Context, parse, texts

NPI = "http://hl7.org/fhir/sid/us-npi"
PRACTITIONER: dict[str, Any] = {
    "resourceType": "Practitioner",
    "id": "p1",
    "active": True,
    "identifier": [{"system": "urn:other", "value": "77"}, {"system": NPI, "value": "2999000016"}],
    "name": [{"family": "Muster", "given": ["Mara", "M."]}],
}
RESOURCE: dict[str, Any] = {
    "resourceType": "ClaimResponse",
    "id": "r1",
    "requestor": {"reference": "Practitioner/p1"},
    "insurer": {"reference": "http://localhost/fhir/Organization/o9/_history/3"},
    "extension": [
        {"url": "http://example.org/StructureDefinition/level", "valueInteger": 3},
        {"url": "level-of-another", "valueInteger": 4},
        {"extension": [{"url": "inner", "valueString": "deep"}], "url": "outer"},
    ],
}
CONTEXT = Context(RESOURCE, {"Practitioner/p1": PRACTITIONER})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("id", ["r1"]),
        ("requestor.resolve().name.given", ["Mara", "M."]),
        ("requestor.resolve().name.given[1]", ["M."]),
        ("requestor.resolve().name.given[5]", []),
        ("requestor.resolve().active", ["true"]),
        (f"requestor.resolve().identifier.where(system='{NPI}').value", ["2999000016"]),
        ("requestor.id()", ["p1"]),
        ("insurer.id()", ["o9"]),
        ("insurer.resolve().name", []),
        ("extension('level').valueInteger", ["3"]),
        ("extension('http://example.org/StructureDefinition/level').valueInteger", ["3"]),
        ("extension('outer').extension('inner').valueString", ["deep"]),
        ("id.further", []),
        ("requestor", []),
        ("nothing.at.all", []),
    ],
)
def test_a_path_finds(path: str, found: list[str]) -> None:
    assert texts(parse(path), RESOURCE, CONTEXT) == found


def test_an_element_reaches_its_resource() -> None:
    assert texts(parse("%resource.id"), {"itemSequence": 1}, CONTEXT) == ["r1"]
    assert texts(parse("itemSequence"), {"itemSequence": 1}, CONTEXT) == ["1"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "a path is empty"),
        ("a..b", "path 'a..b' is not understood from '.b' on"),
        ("a.", "path 'a.' is not understood"),
        ("a.where(b)", "where(b) is not understood"),
        ("a.first()", "first() is not understood"),
        ("a.%resource", "'%resource' is not known, or not at the beginning"),
        ("%context.id", "'%context' is not known"),
        ("a b", "is not understood from ' b' on"),
    ],
)
def test_a_path_that_is_not_understood_is_refused(path: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(path)
