"""The cheap walk decides as graphql-core does, and its work is bounded whatever the document."""

from collections import Counter

import pytest
from graphql import (
    GraphQLError,
    GraphQLSchema,
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    parse,
    specified_rules,
    validate,
)

from api.errors import Invalid, RequestError, TooCostly
from api.form import LONGEST_DOCUMENT, MOST_FIELDS, MOST_TOKENS, check_form
from api.overlaps import MOST_WORK, check_overlaps
from api.permissions import PermissionSet
from api.validation import MOST_ERRORS, check_valid
from bench.document_corpus import LARGEST, families, mutated, of_family
from graph.governance import load_policy

RANDOM, SEED = 250, 11
# A walk visits a node for most tokens; names have none of their own, and an object's member has two.
MOST_VISITS = 2 * MOST_TOKENS


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return PermissionSet(load_policy(), "field_rep", "field_engagement").schema


def documents(schema: GraphQLSchema) -> list[tuple[str, str]]:
    """A small and the largest well-formed document of every family, and random ones."""
    found = []
    for name, build in families(schema).items():
        sizes = [text for text in of_family(build) if well_formed(text)]
        found += [(name, text) for text in dict.fromkeys([*sizes[:3], *sizes[-1:]])]
    return found + [("random", text) for text in mutated(schema, SEED, RANDOM) if well_formed(text)]


def well_formed(text: str) -> bool:
    try:
        check_form(parse(text, max_tokens=MOST_TOKENS))
    except (RequestError, GraphQLError, RecursionError):
        return False
    return True


def test_a_document_is_valid_for_the_walk_exactly_when_it_is_for_the_library(schema: GraphQLSchema) -> None:
    verdicts: Counter[bool] = Counter()
    for name, text in documents(schema):
        document = parse(text)
        # when both have judged it
        expected = [error.message for error in validate(schema, document, specified_rules, hide_suggestions=True)]
        try:
            check_valid(schema, document)
            messages: tuple[str, ...] = ()
        except Invalid as error:
            messages = error.messages
        # then the verdict is the same, and so are the words but for conflicts
        assert bool(messages) == bool(expected), (name, text, expected, messages)
        assert len(messages) <= MOST_ERRORS
        assert {message for message in messages if "conflict" not in message} <= set(expected), (name, text)
        verdicts[bool(messages)] += 1
    assert min(verdicts[True], verdicts[False]) > 50


def test_work_is_bounded_for_every_document_that_is_small_enough(schema: GraphQLSchema) -> None:
    for name, text in documents(schema):
        assert len(text.encode()) <= LARGEST <= LONGEST_DOCUMENT
        document = parse(text)
        assert check_form(document) <= MOST_TOKENS, name
        try:
            visited = check_valid(schema, document)
        except Invalid:
            continue
        assert visited <= MOST_VISITS + MOST_FIELDS, name


INTERFACES = build_schema("""
  interface Named { name: String, other(a: Int): Named }
  type Dog implements Named { name: String, other(a: Int): Named, barks: Boolean, size: Int, owner: Person }
  type Cat implements Named { name: String, other(a: Int): Named, meows: Boolean, size: String, owner: Person }
  type Person { name: String, pets: [Pet!], first: Pet, age(in: String): Int }
  union Pet = Dog | Cat
  type Query { dog: Dog, pet: Pet, named: Named, people(ids: [Int], where: Where): [Person] }
  input Where { a: Int, b: Int }
""")
OVERLAPS: list[tuple[str, bool]] = [
    ("{ dog { name name } }", True),
    ("{ dog { name: barks name } }", False),
    ("{ people { age age(in: \"x\") } }", False),
    ("{ people { age(in: \"x\") age(in: \"x\") } }", True),
    ("{ people(where: {a: 1, b: 2}) { name } people(where: {b: 2, a: 1}) { age } }", True),
    ("{ people(where: {a: 1}) { name } people(where: {a: 2}) { age } }", False),
    ("{ people(ids: [1, 2]) { name } people(ids: [2, 1]) { name } }", False),
    ("query ($a: Int) { people(where: {a: $a}) { name } people(where: {a: 1}) { name } }", False),
    ("{ pet { ... on Dog { x: barks } ... on Cat { x: meows } } }", True),
    ("{ pet { ... on Dog { size } ... on Cat { size } } }", False),
    ("{ pet { ... on Dog { x: barks } ... on Cat { x: name } } }", False),
    ("{ named { ... on Dog { x: name } x: other { name } } }", False),
    ("{ named { x: name ... on Dog { x: name } ... on Cat { x: name } } }", True),
    ("{ named { ... on Dog { x: other(a: 1) { name } } ... on Cat { x: other(a: 2) { n: name } } } }", True),
    ("{ named { ... on Dog { x: other(a: 1) { y: name } } "
     "... on Cat { x: other(a: 2) { y: other { name } } } } }", False),
    ("{ pet { ... on Dog { owner { x: name } } ... on Cat { owner { x: age } } } }", False),
    ("{ pet { ... on Dog { owner { x: name } } ... on Cat { owner { y: age } } } }", True),
    ("{ people { pets { ... on Dog { name } } pets: first { ... on Dog { name } } } }", False),
    ("{ dog { ...F ...G } } fragment F on Dog { x: name } fragment G on Dog { x: barks }", False),
    ("{ dog { ...F ...G } } fragment F on Dog { owner { ...H } } fragment G on Dog { owner { x: age } } "
     "fragment H on Person { x: name }", False),
    ("{ dog { ...F } pet { ...F } } fragment F on Dog { name }", True),
    ("query A { a: dog { name } } query B { a: pet { __typename } }", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fits"), OVERLAPS, ids=range(len(OVERLAPS)))
def test_fields_merge_as_the_library_says(text: str, fits: bool) -> None:
    document = parse(text)
    assert (validate(INTERFACES, document, [OverlappingFieldsCanBeMergedRule]) == []) is fits
    if fits:
        assert check_overlaps(INTERFACES, document) < 20
    else:
        with pytest.raises(Invalid, match="conflict because"):
            check_overlaps(INTERFACES, document)


def test_merging_stops_where_it_would_grow_with_the_square() -> None:
    # given fields of an interface that merge with those of both its types, at every level again
    level = "x: other { ... on Dog { ...F# } ... on Cat { ...F# } ...F# }"
    fragments = " ".join(
        f"fragment F{i} on Named {{ {level.replace('#', str(i + 1))} "
        f"... on Dog {{ {level.replace('#', str(i + 1))} }} ... on Cat {{ {level.replace('#', str(i + 1))} }} }}"
        for i in range(20)
    )
    document = parse(f"{{ named {{ ...F0 }} }} {fragments} fragment F20 on Named {{ name }}")
    # then it is refused after a fixed amount of work
    with pytest.raises(TooCostly, match="merges too many fields"):
        check_overlaps(INTERFACES, document)
    assert MOST_WORK == 20_000
