"""Mapping files: every one is sound, and a wrong one is refused by name."""

import re
from pathlib import Path

import pytest

from graph.errors import SourceError
from graph.schema.catalogue import NODES
from graph.sources import load_mapping, load_mappings
from graph.sources.mapping import FOLDER

EXPECTED = [
    "alignment", "crm", "facility_affiliation", "fhir_pas", "fhir_plan_net", "field_notes", "formulary", "hub",
    "marketplace_formulary", "medical_inquiries", "nppes", "nucc", "open_payments", "partd", "partd_2014_matrix",
    "pdrp", "prediction_overrides", "prescribing_payments", "prior_auth", "prior_auth_carriers", "products", "research",
    "rx_claims", "scientific", "shared_patients", "synthea_27",
]  # fmt: skip
MINIMAL = """
name = "test"
title = "Test"
kind = "snapshot"
deidentification = "none"
[[table]]
name = "rows"
files = 'rows\\.csv$'
key = ["npi"]
[table.columns]
npi = { type = "npi" }
[[node]]
label = "HCP"
identify = { npi = "npi" }
select = "SELECT npi FROM rows"
"""
KEYED = 'key = ["npi"]\n[table.columns]\nnpi = { type = "npi" }'
UNDATED = MINIMAL[MINIMAL.index("kind") : MINIMAL.index("[table.columns]")]
EDITIONS = UNDATED.replace("snapshot", "editions").replace('key = ["npi"]', "edition = 'of-(\\d{4})'")
PREPARED = '[[prepare]]\nname = "one"\nselect = "SELECT npi FROM rows"\n'
KEPT = 'kept = true\npartition = "npi"\n'
TWO_GROUPS = f"""{PREPARED}{KEPT}group = "a"\n{PREPARED.replace("one", "two")}{KEPT}group = "b"\n"""


def test_every_mapping_loads_after_those_it_builds_on() -> None:
    mappings = load_mappings()
    names = [mapping.name for mapping in mappings]
    assert sorted(names) == EXPECTED
    assert all(names.index(before) < names.index(mapping.name) for mapping in mappings for before in mapping.after)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_mapping_says_how_persons_are_protected(name: str) -> None:
    assert len(load_mapping(FOLDER / f"{name}.toml").deidentification) > 10


def test_every_source_with_precedence_has_a_mapping() -> None:
    named = {source for node in NODES.values() for source in node.precedence}
    named |= {source for node in NODES.values() for prop in node.props.values() for source in prop.precedence}
    assert named - set(EXPECTED) == set()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("", "", "HCP gives no precedence to 'test'"),
        ('label = "HCP"', 'label = "Doctor"', "label 'Doctor' is not declared"),
        ('name = "test"', 'name = "other"', "it is called 'other' inside"),
        ('kind = "snapshot"', 'kind = "stream"', "kind 'stream': use snapshot, delta or editions"),
        ('key = ["npi"]', 'key = ["id"]', "table 'rows' has no column 'id'"),
        ('type = "npi"', 'type = "uuid"', "column 'npi' has type 'uuid'"),
        ("title = ", "titel = ", "KeyError: 'title'"),
        ("key = [", "keys = [", "unexpected keyword argument 'keys'"),
        ("files = '", "files = '(", "missing"),
        ('kind = "snapshot"', 'kind = "editions"', "editions need an `edition` pattern"),
        ("key = [", 'reader = "xml"\nkey = [', "reader 'xml' is not known: use fhir"),
        ("key = [", 'options = { each = "item" }\nkey = [', "table 'rows' has options but no `reader`"),
        ("key = [", 'reader = "fhir"\nkey = [', "reader 'fhir' needs either `resource` or `besides`"),
        ("key = [", 'within = { npi = "others.id" }\nkey = [', "`within` names others.id, which is not there"),
        ("key = [", 'within = { id = "rows.npi" }\nkey = [', "table 'rows' has no column 'id'"),
        ("key = [", 'partition = "npi"\nkey = [', "has partition 'npi': it needs to be a required column"),
        (KEYED, 'partition = "npi"\n' + KEYED.replace(" }", ", required = true }"), "only a delta may"),
        (UNDATED, EDITIONS, "editions need a `key` by which a row is found"),
        ("[[node]]", PREPARED + "kept = true\n[[node]]", "prepare 'one' is kept: it needs a `partition`"),
        ("[[node]]", PREPARED + 'group = "npi"\n[[node]]', "prepare 'one' has a `group`: it needs `kept = true`"),
        ("[[node]]", TWO_GROUPS + "[[node]]", "prepare 'two' has group 'b', another one 'a': use one"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    # given
    path = tmp_path / "test.toml"
    path.write_text(MINIMAL.replace(old, new, 1) if old else MINIMAL)

    # when, then
    with pytest.raises(SourceError, match=f"mapping 'test.toml': .*{re.escape(message)}"):
        load_mapping(path)


def test_mappings_that_wait_for_each_other_are_refused(tmp_path: Path) -> None:
    # given
    for name, other in (("pdrp", "nppes"), ("nppes", "pdrp")):
        text = MINIMAL.replace('"test"', f'"{name}"', 1).replace("title", f'after = ["{other}"]\ntitle', 1)
        (tmp_path / f"{name}.toml").write_text(text)

    # when, then
    with pytest.raises(SourceError, match=r"\['nppes', 'pdrp'\] wait for each other"):
        load_mappings(tmp_path)
