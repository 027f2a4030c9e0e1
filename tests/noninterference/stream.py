"""The stream of operations of one role: number N of seed S is always the same operation, whatever came before."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from graphql import GraphQLSchema

from tests.noninterference.documents import Form, Generator, Operation, Paths
from tests.noninterference.mutations import mutated
from tests.noninterference.pools import Pools
from tests.noninterference.units import LOGIC, Unit, groups, units

Found = TypeVar("Found")
OWN, FULL, MUTATED = "own", "full", "mutated"
KINDS = (OWN, FULL, OWN, MUTATED, OWN, OWN, FULL, OWN, MUTATED, OWN)
"""The kinds of ten operations in a row."""
MOST_FORMS = 120
"""All units of the role's schema occur within this many forms: in its own operations among the first 200."""
ROUNDS_ALIKE = 4
"""How many rounds ask the same forms, each with other values: a form is planned once by Neo4j, in a second or so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Operation ``number`` of a stream."""

    number: int
    kind: str
    operation: Operation


class Stream:
    """Operations from the role's schema, from the full schema with members that the role lacks, and mutated ones."""

    def __init__(self, seed: int, role: str, schema: GraphQLSchema, full: GraphQLSchema, pools: Pools) -> None:
        self.seed, self.role, self.pools = seed, role, pools
        self.own, self.full = Paths(schema), Paths(full)
        self.units = units(schema)
        lacking = sorted(
            unit for unit in set(units(full)) - set(self.units) if unit.member not in LOGIC and unit.kind != "operator"
        )
        self.foreign = sorted({unit.member for unit in lacking} | {unit.type_name for unit in lacking})
        mixed = _shuffled(groups(_shuffled(self.units, seed)), seed)
        self.wanted = list(_forms(self.own, mixed))
        self.lacking = _shuffled(lacking, seed)
        self.per_operation = -(-len(self.wanted) // MOST_FORMS)
        self.forms = -(-len(self.wanted) // self.per_operation)

    def operation(self, number: int) -> Asked:
        """The operation of this number."""
        values = random.Random(f"{self.seed}/{self.role}/{number}")
        kind = KINDS[number % len(KINDS)]
        position = number // len(KINDS) * KINDS.count(kind) + KINDS[: number % len(KINDS)].count(kind)
        if kind == FULL and self.lacking:
            wanted = [_alone(self.lacking[position % len(self.lacking)])]
            return Asked(number, kind, Generator(self.full, self.pools, values, values).operation(wanted))
        if kind == MUTATED:
            made = self._own(values.randrange(self.forms), values)
            return Asked(number, kind, mutated(made, self.foreign or ["nothing"], values))
        return Asked(number, OWN, self._own(position, values))

    def _own(self, position: int, values: random.Random) -> Operation:
        rounds, form = divmod(position, self.forms)
        start = form * self.per_operation
        wanted = [self.wanted[(start + index) % len(self.wanted)] for index in range(self.per_operation)]
        shape = random.Random(f"{self.seed}/{rounds // ROUNDS_ALIKE}/{wanted}")
        return Generator(self.own, self.pools, shape, values).operation(wanted)


def _alone(unit: Unit) -> Form:
    """A form for one unit of the full schema."""
    if unit.kind == "sort":
        return Form(sort=(unit,))
    return Form(where=(unit,)) if unit.kind == "where" else Form(links=(unit,))


def _forms(paths: Paths, mixed: list[tuple[Unit, ...]]) -> Iterator[Form]:
    """Conditions with sort keys and links of the same connection where there are such; the others by themselves."""
    sorts = [group for group in mixed if group[0].kind == "sort"]
    links = [group for group in mixed if group[0].kind == "link"]
    for where in [group for group in mixed if group[0].kind == "where"]:
        (type_name, member), _ = paths.home(where[0])
        rows = paths.rows_of(type_name, member)
        sort = next((group for group in sorts if paths.home(group[0]) == ((type_name, member), ())), ())
        link = next((group for group in links if rows is not None and group[0].type_name == rows.name), ())
        sorts = [group for group in sorts if group is not sort]
        links = [group for group in links if group is not link]
        yield Form(where, sort, link)
    for sort in sorts:
        yield Form(sort=sort)
    for link in links:
        yield Form(links=link)


def _shuffled(found: list[Found], seed: int) -> list[Found]:
    """In an order in which what one role lacks moves nothing else: roles share forms, and so the plans of Neo4j."""
    return sorted(found, key=lambda one: random.Random(f"{seed}/{one}").random())
