"""The words of the policy: verbs, forms, rules, grants."""

from dataclasses import dataclass, field
from enum import StrEnum

from graph.schema.core import DataClass


class Verb(StrEnum):
    """What somebody wants to do with a value. Sorting is filtering: both tell where a value lies."""

    READ = "read"
    FILTER = "filter"
    AGGREGATE = "aggregate"
    RUN = "run"
    PROPOSE = "propose"
    APPROVE = "approve"
    EXECUTE = "execute"


class Form(StrEnum):
    """How much of a value is given."""

    VALUE = "value"
    OWN_SCOPE = "own_scope"
    BAND = "band"
    AGGREGATE = "aggregate"
    MASKED = "masked"
    DENIED = "denied"


class Hides(StrEnum):
    """What a row rule takes away: the whole row, or the confidential cells of a row that stays."""

    ROW = "row"
    CELL = "cell"


class RuleKind(StrEnum):
    """The shapes of a row rule; the compiler knows a predicate for each."""

    CLAIM = "claim"
    CLAIM_THROUGH = "claim_through"
    RELATED = "related"
    DATE_REACHED = "date_reached"
    MINIMUM = "minimum"
    ONE_OF = "one_of"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row rule about nodes of one label.

    ``claim``: ``property`` is among the values of the token's ``claim``. ``claim_through``: a ``relationship``
    that holds today leads to a ``target`` whose ``property`` is. ``related``: a ``relationship`` leads to a ``target``
    for which the rule named ``rule`` holds. ``date_reached``: hidden from the date in ``property`` on. ``minimum``:
    hidden while ``property`` is below ``minimum``. ``one_of``: ``property`` is among
    ``values``. A relationship may be declared in either direction.
    """

    name: str
    line: int
    doc: str
    hides: Hides
    kind: RuleKind
    label: str
    property: str | None = None
    claim: str | None = None
    relationship: str | None = None
    target: str | None = None
    minimum: int | None = None
    rule: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """role x data class, optionally narrowed to a label or a prediction level, x verbs x purpose -> form, rules."""

    line: int
    role: str
    data_class: DataClass
    verbs: frozenset[Verb]
    purpose: str
    form: Form
    label: str | None = None
    level: str | None = None
    rules: tuple[str, ...] = ()

    @property
    def narrowness(self) -> int:
        """How specific the grant is; the most specific one decides."""
        return (self.label is not None) + (self.level is not None)


@dataclass(frozen=True, slots=True)
class Role:
    """A role with the purposes its tokens may name.

    Nobody bears the role that ``acts_for_others``: its grants limit what an agent may see of what its person may.
    """

    name: str
    line: int
    doc: str
    purposes: tuple[str, ...]
    acts_for_others: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Cut points that turn a number into a word: below ``cuts[0]`` is ``names[0]``, and so on."""

    data_class: DataClass
    line: int
    unit: str
    cuts: tuple[float, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The loaded policy. ``version`` changes with every reviewed change; ``file`` is for messages.

    ``roles`` are those that a token may bear, ``agent`` is the one that limits agents, which nobody bears.
    """

    file: str
    version: str
    fingerprint: str
    purposes: dict[str, str]
    roles: dict[str, Role]
    rules: dict[str, Rule]
    bands: dict[DataClass, Band]
    grants: tuple[Grant, ...] = field(repr=False)
    agent: Role | None = None
    _by_class: dict[tuple[str, str, DataClass], list[Grant]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_class: dict[tuple[str, str, DataClass], list[Grant]] = {}
        for grant in self.grants:
            by_class.setdefault((grant.role, grant.purpose, grant.data_class), []).append(grant)
        object.__setattr__(self, "_by_class", by_class)

    def grants_of(self, role: str, purpose: str, data_class: DataClass) -> list[Grant]:
        """The lines about a class for a role and purpose, in their order; asked for each member of each schema."""
        return self._by_class.get((role, purpose, data_class), [])

    def rules_of(self, role: str) -> list[Rule]:
        """The rules that some grant of a role names, by name."""
        named = {name for grant in self.grants if grant.role == role for name in grant.rules}
        return [self.rules[name] for name in sorted(named)]
