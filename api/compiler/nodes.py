"""Roots that lead to rows of any type: by id, and by the words of a name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphql import GraphQLObjectType, GraphQLSchema

from api.binding import ROWS
from api.compiler.arguments import Leaf
from api.compiler.patterns import Arguments, leaf
from api.compiler.predictions import released, subject_rules
from api.compiler.rules import exists, seen
from api.compiler.writing import Writing
from api.errors import BadInput
from graph.schema.core import DataClass
from graph.schema.derive import NAMED, NAMES_INDEX
from graph.schema.prediction import SUBJECTS

SHORTEST_WORD = 2
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Kind:
    """A type that can be reached by id, with the label that it shows, and the release of a prediction."""

    type_name: str
    label: str
    release: DataClass | None = None


KINDS = (
    Kind("Hcp", "HCP"),
    Kind("Account", "Account"),
    Kind("Territory", "Territory"),
    Kind("Payer", "Payer"),
    Kind("Plan", "Plan"),
    Kind("CoveragePolicy", "CoveragePolicy"),
    Kind("Product", "Product"),
    Kind("Specialty", "Specialty"),
    Kind("ProviderNetwork", "ProviderNetwork"),
    Kind("AuthorizationStatistic", "AuthorizationStatistic"),
    Kind("Rep", "Rep"),
    Kind("Interaction", "Interaction"),
    Kind("Suggestion", "Suggestion"),
    Kind("FieldNote", "FieldNote"),
    Kind("Consent", "Consent"),
    Kind("MedicalInquiry", "MedicalInquiry"),
    Kind("ScientificActivity", "ScientificActivity"),
    Kind("SurveyResponse", "SurveyResponse"),
    Kind("Payment", "Payment"),
    Kind("SupportCase", "SupportCase"),
    Kind("Cohort", "Cohort"),
    Kind("CohortSegment", "CohortSegment"),
    Kind("PrescribingTotal", "PrescribingTotal"),
    Kind("InteractionTotal", "InteractionTotal"),
    Kind("InquiryTotal", "InquiryTotal"),
    Kind("AccessFriction", "Prediction", DataClass.ACCESS_FRICTION),
    Kind("Influence", "Prediction", DataClass.INFLUENCE),
    Kind("Adoption", "Prediction", DataClass.ADOPTION),
)


def kinds_of(schema: GraphQLSchema, name: str) -> list[Kind]:
    """The kinds that `node`, `nodes` or `search` may lead to in a role's schema."""
    return [
        kind
        for kind in KINDS
        if isinstance(schema.get_type(kind.type_name), GraphQLObjectType) and (name != "search" or kind.label in NAMED)
    ]


def ids_of(name: str, arguments: Arguments) -> Leaf:
    """The ids that `node` or `nodes` is asked for."""
    return leaf(arguments["id" if name == "node" else "ids"])


def search_lines(writing: Writing, found: str, arguments: Arguments, kinds: list[Kind]) -> list[str]:
    """Lines that bind rows whose names hold words that begin as given, in the order of their names.

    The index ranks by how rare a word is among all rows, also those that the caller may not see: its score is not used.
    """
    terms = writing.parameter(replace(leaf(arguments["text"]), via=lucene))
    limit = writing.parameter(leaf(arguments["first"]))
    options = [
        f"({' AND '.join([f'{found}:{kind.label}', *met])})"
        for kind in kinds
        for _, met in reachable(writing, kind, found)
    ]
    names = ", ".join(f"{found}.{name}" for name in dict.fromkeys(name for names in NAMED.values() for name in names))
    return [
        f"CALL db.index.fulltext.queryNodes('{NAMES_INDEX}', {terms}) YIELD node AS {found}",
        f"WITH {found} WHERE {' OR '.join(options) or 'false'}",
        f"WITH {found} ORDER BY toLower(coalesce({names})), {found}.id LIMIT toInteger({limit})",
    ]


def lucene(text: str) -> str:
    """Words as terms of the index, each required as the beginning of a word; letters and digits alone come through."""
    words = [word for word in re.findall(r"[^\W_]+", text.lower()) if len(word) >= SHORTEST_WORD]
    if not words or len(words) > MOST_WORDS:
        raise BadInput(f"`text` needs one to {MOST_WORDS} words of at least {SHORTEST_WORD} letters or digits")
    return " AND ".join(f"{word}*" for word in words)


def reachable(writing: Writing, kind: Kind, variable: str) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Predicates under which a row of the kind exists for the caller, with the levels that it may have then."""
    if kind.release is None:
        if writing.permissions.verdict(kind.label).form in ROWS:
            yield (), exists(writing, kind.label, variable)
        return
    granted = writing.permissions.levels(kind.release)
    for label in dict.fromkeys(SUBJECTS[level] for level in granted):
        for rules, levels in _same_rules(writing, kind.release, label, list(granted)).items():
            subject = writing.name("subject")
            met = [
                *exists(writing, label, subject),
                *(seen(writing, rule, subject) for rule in writing.permissions.rules(rules)),
            ]
            about = f"MATCH ({variable})-[:ABOUT]->({subject}:{label})"
            met_by = f"EXISTS {{ {about}{' WHERE ' + ' AND '.join(met) if met else ''} }}"
            yield tuple(levels), [*released(variable, kind.release, levels), met_by]


def _same_rules(
    writing: Writing, release: DataClass, label: str, granted: list[str]
) -> dict[tuple[str, ...], list[str]]:
    """The granted levels about a label by the rules that their subjects must meet."""
    found: dict[tuple[str, ...], list[str]] = {}
    for level in granted:
        if SUBJECTS[level] == label:
            found.setdefault(tuple(subject_rules(writing, release, level)), []).append(level)
    return found
