"""Documents of at most 15 KB that try to be dear to parse, validate or compile: families by size, and random ones.

Everything is drawn from a schema, so that what is valid stays so when the schema grows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

LARGEST = 15_360
Family = Callable[[int], str]


def free_fields(kind: GraphQLObjectType, *, leaves: bool) -> list[str]:
    """The fields of a type that need no argument."""
    return [
        name
        for name, found in kind.fields.items()
        if is_leaf_type(get_named_type(found.type)) is leaves and _is_free(found)
    ]


def _is_free(found: GraphQLField) -> bool:
    return not any(is_required_argument(argument) for argument in found.args.values())


def widest(schema: GraphQLSchema, kind: GraphQLObjectType, depth: int) -> str:
    """A selection of everything below a type that needs no argument, ``depth`` levels deep."""
    parts = free_fields(kind, leaves=True)
    if depth > 1:
        for name in free_fields(kind, leaves=False):
            target = get_named_type(kind.fields[name].type)
            below = widest(schema, target, depth - 1) if is_object_type(target) else ""
            if below:
                parts.append(f"{name} {{ {below} }}")
    return " ".join(parts)


def families(schema: GraphQLSchema) -> dict[str, Family]:
    """Name -> a document of the family with ``n`` of whatever it repeats."""
    hcp = schema.type_map["Hcp"]
    assert isinstance(hcp, GraphQLObjectType)  # noqa: S101 - every role may see who the prescribers are
    leaves = " ".join(free_fields(hcp, leaves=True))
    links = " ".join(
        f"{name} {{ {widest(schema, target, 1)} }}"
        for name in free_fields(hcp, leaves=False)
        if isinstance(target := get_named_type(hcp.fields[name].type), GraphQLObjectType) and widest(schema, target, 1)
    )
    one = "hcps(first: 1) { edges { node {"

    def each(template: str, join: str = " ") -> Callable[[int], str]:
        return lambda n: join.join(template.replace("#", str(index)) for index in range(n))

    def around(before: str, middle: Callable[[int], str], after: str) -> Family:
        return lambda n: before + middle(n) + after

    return {
        "aliases of a leaf": around("{", each("a#: __typename"), "}"),
        "aliases of a connection": around("{", each("a#: hcps(first: 1) { totalCount }"), "}"),
        "wide rows": around("{", each(f"a#: {one} {leaves} }} }} }}"), "}"),
        "wide rows in one": around(f"{{ {one}", each(f"{leaves}"), "} } } }"),
        "wide links": around("{", each(f"a#: {one} {leaves} {links} }} }} }}"), "}"),
        "duplicates": around("{", each("hcps(first: 1) { totalCount }"), "}"),
        "duplicates with filters": around("{", each('hcps(where: {npi: {in: ["1", "2", "3"]}}) { totalCount }'), "}"),
        "duplicates in fragments": lambda n: (
            "{" + each("...F#")(n) + "}" + each(f"fragment F# on Query {{ {one} {leaves} }} }} }} }}")(n)
        ),
        "deep links": lambda n: '{ hcp(npi: "1") {' + "peers { hcp { " * n + "npi" + " } }" * n + "} }",
        "deep inline fragments": lambda n: "{" + "... on Query {" * n + "__typename" + "}" * n + "}",
        "many inline fragments": around("{", each("... on Query { hcps { totalCount } }"), "}"),
        "fragment chain": lambda n: "{ ...F0 }" + each("fragment F# on Query { x#: __typename ...G# }")(n),
        "fragment doubling": lambda n: (
            "{ ...F0 }"
            + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(n))
            + f" fragment F{n} on Query {{ __typename }}"
        ),
        "fragment cycle": lambda n: (
            "{ ...F0 }" + " ".join(f"fragment F{i} on Query {{ ...F{(i + 1) % n} }}" for i in range(n))
        ),
        "fragments that spread all": lambda n: (
            "{"
            + each("...F#")(n)
            + "}"
            + " ".join(
                f"fragment F{i} on Query {{ __typename {' '.join(f'...F{j}' for j in range(i + 1, n))} }}"
                for i in range(n)
            )
        ),
        "unused fragments": lambda n: "{ __typename }" + each("fragment F# on Query { __typename }")(n),
        "directives at one place": around("{ hcps { totalCount ", each("@skip(if: false)"), "} }"),
        "directives everywhere": around("{", each("a#: __typename @skip(if: false) @include(if: true)"), "}"),
        "unknown directives": around("{", each("__typename @d#(a: 1)"), "}"),
        "texts in a list": around("{ hcps(where: {npi: {in: [", each('"#"', ","), "]}}) { totalCount } }"),
        "numbers in a list": around("{ hcps(where: {pageRank: {in: [", each("#.5", ","), "]}}) { totalCount } }"),
        "wrong values in a list": around("{ hcps(where: {npi: {in: [", each("#", ","), "]}}) { totalCount } }"),
        "conditions": around("{ hcps(where: {OR: [", each('{state: {eq: "O#"}}'), "]}) { totalCount } }"),
        "empty conditions": around("{ hcps(where: {OR: [", each("{}"), "]}) { totalCount } }"),
        "conditions in one": around("{ hcps(where: {AND: [{", each('npi: {eq: "#"}'), "}]}) { totalCount } }"),
        "unknown conditions": around("{ hcps(where: {", each("x#: {eq: 1}"), "}) { totalCount } }"),
        "negations": lambda n: "{ hcps(where: " + "{NOT: " * n + "{}" + "}" * n + ") { totalCount } }",
        "related conditions": around(
            "{ hcps(where: {AND: [", each('{affiliations: {some: {name: {eq: "A"}}}}'), "]}) { totalCount } }"
        ),
        "lists in lists": lambda n: "{ hcps(where: " + "[" * n + "]" * n + ") { totalCount } }",
        "sorts": around("{ hcps(sort: [", each("{npi: ASC}"), "]) { totalCount } }"),
        "operations": each("query Q# { hcps { totalCount } }"),
        "operations with variables": each("query Q#($n: String!) { hcp(npi: $n) { npi } }"),
        "operations that share fragments": lambda n: (
            each("query Q#($n: String!) { ...F }")(n) + "fragment F on Query { hcp(npi: $n) { " + leaves + " } }"
        ),
        "variables": lambda n: "query(" + each("$v#: String!")(n) + ") {" + each("a#: hcp(npi: $v#) { npi }")(n) + "}",
        "variables with defaults": lambda n: (
            "query("
            + each('$v#: [String!] = ["1"]')(n)
            + ") { hcps(where: {OR: ["
            + each("{npi: {in: $v#}}")(n)
            + "]}) { totalCount } }"
        ),
        "unused variables": around("query(", each("$v#: String"), ") { __typename }"),
        "variables of unknown types": around("query(", each("$v#: T#"), ") { __typename }"),
        "unknown fields": around("{ hcps {", each("x#"), "} }"),
        "unknown arguments": around("{ hcps(", each("x#: 1"), ") { totalCount } }"),
        "unknown types": around("{", each("... on T# { x }"), "}"),
        "conflicting names": around("{", each("a: hcps(first: #) { totalCount }"), "}"),
        "conflicts below": around("{", each('hcp(npi: "1") { a: npi b: peers(first: #) { hcp { npi } } }'), "}"),
        "mutations": each("mutation M# { hcp }"),
        "definitions of types": each("type T# { a: Int }"),
        "introspection": lambda n: "{" + " ".join(["__schema { types { fields { type { name } } } }"] * n) + "}",
        "introspection in a circle": lambda n: (
            "{ __schema { types " + "{ fields { type " * n + "{ name }" + " } }" * n + " } }"
        ),
        "introspection by name": around("{", each('a#: __type(name: "Hcp") { fields { name type { name } } }'), "}"),
        "the introspection query": lambda n: get_introspection_query(descriptions=True) + "\n" * n,
        "a long text": lambda n: '{ hcp(npi: "' + "x" * n + '") { npi } }',
        "a text of escapes": lambda n: '{ hcp(npi: "' + "\\u00e9" * n + '") { npi } }',
        "a block text": lambda n: '{ hcp(npi: """' + " \n" * n + '""") { npi } }',
        "a text without end": lambda n: '{ hcp(npi: "' + "x" * n,
        "quotes": lambda n: "{ hcp(npi: " + '"' * n,
        "a long number": lambda n: "{ hcps(first: " + "1" * n + ") { totalCount } }",
        "a long fraction": lambda n: "{ hcps(where: {pageRank: {eq: 1." + "1" * n + "}}) { totalCount } }",
        "a long name": lambda n: "{ " + "a" * n + " }",
        "comments": lambda n: "#\n" * n + "{ __typename }",
        "one comment": lambda n: "#" + "x" * n + "\n{ __typename }",
        "commas": lambda n: "{ __typename " + "," * n + " }",
        "lines": lambda n: "\r\n" * n + "{ hcps { x } }",
        "dots": lambda n: "{" + "..." * n + "}",
        "letters of other alphabets": lambda n: '{ hcp(npi: "' + "é" * n + '") { npi } }',
        "names of other alphabets": lambda n: "{" + " é" * n + "}",
        "braces": lambda n: "{" * n,
        "brackets": lambda n: "{ hcps(where: " + "[" * n,
        "closing braces": lambda n: "}" * n,
        "nulls": lambda n: "{ hcps(where: null" + "\x00" * n + ") { totalCount } }",
    }


def of_family(build: Family) -> Iterator[str]:
    """The documents of a family in growing sizes, each half as large again, up to the largest that is small enough."""
    n = 1
    while len(text := build(n).encode()) <= LARGEST:
        yield text.decode()
        n += max(1, n // 2)


def mutated(schema: GraphQLSchema, seed: int, number: int) -> Iterator[str]:
    """Random documents: pieces of the families put together, cut, repeated and shuffled by token."""
    chance = random.Random(seed)
    built = list(families(schema).values())
    for _ in range(number):
        tokens: list[str] = []
        for build in chance.sample(built, chance.randint(1, 3)):
            text = build(chance.randint(1, 12))[: LARGEST // 2]
            tokens += text.replace("{", " { ").replace("}", " } ").replace("(", " ( ").replace(")", " ) ").split(" ")
        for _ in range(chance.randint(0, 6)):
            start = chance.randrange(len(tokens))
            piece = tokens[start : start + chance.randint(1, 40)]
            at = chance.randrange(len(tokens))
            tokens[at:at] = piece * chance.randint(1, 8)
            del tokens[chance.randrange(len(tokens))]
        text = " ".join(tokens)
        yield text.encode()[:LARGEST].decode(errors="ignore")
