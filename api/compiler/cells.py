"""A column as a Cypher expression that is null where a rule hides it.

Output, filter and sort all read a column through `column`: what is hidden in one is hidden in all.
"""

from api.binding import ANY_FORM, NUMBERS
from api.compiler.patterns import texts
from api.compiler.rows import Path, Row
from api.compiler.rules import seen
from api.compiler.writing import Hidden, Writing
from graph.errors import PolicyError
from graph.governance.policy import Form, Hides, Rule
from graph.schema.catalogue import properties
from graph.schema.core import DataClass, Prop, Sensitivity
from graph.schema.prediction import SUBJECTS

MOST_MARKED = 100
SINGLE = (Form.VALUE, Form.OWN_SCOPE)
OF_ONE_PRESCRIBER = [level for level, label in SUBJECTS.items() if label == "HCP"]
COUNTED = {"evidenceStarts": DataClass.PRESCRIBING}
"""What of a prediction about one prescriber is a fact and no forecast: shown to whom the fact is granted."""


def column(writing: Writing, row: Row, name: str) -> str:
    """The property as it may be seen: the bare property, or null where a rule or a level hides it."""
    declared = properties(row.label)[name]
    plain = f"{row.variable}.{name}"
    if row.release is not None and declared.data_class is DataClass.PREDICTION:
        forms = ANY_FORM if declared.sensitivity < Sensitivity.CONFIDENTIAL else NUMBERS
        visible = number_visible(writing, row, forms, declared.sensitivity)
        if name in COUNTED and writing.permissions.class_verdict(COUNTED[name], None, None).form not in SINGLE:
            visible.append(f"NOT {row.variable}.level IN {texts(OF_ONE_PRESCRIBER)}")
        return guarded(plain, visible)
    if row.decided:
        return plain
    verdict = writing.permissions.verdict(row.label, name)
    if not verdict.allowed:
        raise PolicyError(f"{row.label}.{name} reached the compiler although it is denied: {verdict.reason}")
    if verdict.form is Form.MASKED and declared.sensitivity > Sensitivity.PUBLIC:
        plain = masked(declared, plain)
    if declared.sensitivity < Sensitivity.CONFIDENTIAL:
        rules: list[Rule] = [rule for rule in writing.permissions.rules(verdict.rules) if rule.hides is Hides.ROW]
    else:
        rules = list(writing.permissions.rules(verdict.rules))
    met = writing.permissions.row_rules(row.label)
    open_rules = [rule for rule in rules if rule not in met and rule.label == row.label]
    visible = [seen(writing, rule, row.variable) for rule in open_rules]
    if row.release is not None:
        # A fact beside a prediction is told where its number is, and where the rules of its own class hold.
        ruled = (on_subject(writing, row, rule) for rule in subject_rules_of(writing, row, name))
        visible = [*number_visible(writing, row), *visible, *ruled]
    return guarded(plain, visible)


def subject_rules_of(writing: Writing, row: Row, name: str) -> list[Rule]:
    """The rules of a fact's class about the subject of the prediction that it stands beside, which the subject did not
    have to meet for the prediction to be there."""
    assert row.release is not None  # noqa: S101 - only predictions come here
    verdicts = writing.permissions.levels(row.release, row.levels)
    found = []
    for rule in writing.permissions.rules(writing.permissions.verdict(row.label, name).rules):
        levels = [level for level in verdicts if SUBJECTS[level] == rule.label]
        met = rule in writing.permissions.row_rules(rule.label)
        if levels and not met and not all(rule.name in verdicts[level].rules for level in levels):
            found.append(rule)
    return found


def on_subject(writing: Writing, row: Row, rule: Rule) -> str:
    """The predicate of a rule on what a prediction is about."""
    subject = writing.name("subject")
    about = f"({row.variable})-[:ABOUT]->({subject}:{rule.label})"
    return f"EXISTS {{ MATCH {about} WHERE {seen(writing, rule, subject)} }}"


def masked(declared: Prop, expression: str) -> str:
    """The value as the form `masked` shows it: a number to the nearest ten, a date as its month, a word as it is."""
    match declared.type:
        case "integer":
            return f"10 * toInteger(round({expression} / 10.0))"
        case "float":
            return f"10 * round({expression} / 10.0)"
        case "date":
            # Neo4j truncates no null.
            return f"CASE WHEN {expression} IS NOT NULL THEN date.truncate('month', {expression}) END"
    return expression  # words of closed lists and opaque keys: the binding lets nothing else come here


def shown(writing: Writing, row: Row, name: str) -> str:
    """A column for output: dates and times as ISO texts."""
    expression = column(writing, row, name)
    return f"toString({expression})" if properties(row.label)[name].type in ("date", "datetime") else expression


def number_visible(
    writing: Writing,
    row: Row,
    forms: frozenset[Form] = NUMBERS,
    sensitivity: Sensitivity = Sensitivity.CONFIDENTIAL,
) -> list[str]:
    """Predicates under which what a prediction says may be seen: its level is granted, its own rules are met."""
    assert row.release is not None  # noqa: S101 - only predictions come here
    verdicts = writing.permissions.levels(row.release, row.levels)
    predicates = []
    granted = [level for level, verdict in verdicts.items() if verdict.form in forms]
    if set(granted) != set(row.levels):
        predicates.append(f"{row.variable}.level IN {texts(granted)}")
    if sensitivity < Sensitivity.CONFIDENTIAL:
        return predicates
    rules = dict.fromkeys(rule for name in granted for rule in cell_rules(writing, row, name))
    return [*predicates, *(_at_its_levels(writing, row, rule) for rule in rules)]


def _at_its_levels(writing: Writing, row: Row, rule: Rule) -> str:
    """The rule's predicate on a prediction, at the levels whose grant names the rule."""
    ruled = [level for level in row.levels if rule in cell_rules(writing, row, level)]
    predicate = seen(writing, rule, row.variable)
    return (
        predicate if set(ruled) == set(row.levels) else f"(NOT {row.variable}.level IN {texts(ruled)} OR {predicate})"
    )


def cell_rules(writing: Writing, row: Row, level: str) -> list[Rule]:
    """The rules about the prediction itself at a level; those about its subject are met by the pattern."""
    assert row.release is not None  # noqa: S101 - only predictions come here
    verdict = writing.permissions.levels(row.release, row.levels)[level]
    return [rule for rule in writing.permissions.rules(verdict.rules) if rule.label == row.label]


def guarded(expression: str, predicates: list[str], otherwise: str | None = None) -> str:
    """The expression where all predicates hold, else null or what is said otherwise."""
    if not predicates:
        return expression
    other = "" if otherwise is None else f" ELSE {otherwise}"
    return f"CASE WHEN {' AND '.join(predicates)} THEN {expression}{other} END"


def hide(writing: Writing, row: Row, path: Path, rule: Rule, *, named: bool = True) -> None:
    """Remember that ``rule`` makes what is selected at ``path`` null for some rows, and for which.

    Several patterns may lead to one path: a row that is looked up by its id may be of any type. Where rows are counted
    and summed up nobody is ``named``.
    """
    place = (path, rule.name, row.trail)
    if any((known.path, known.rule, known.trail) == place for known in writing.hidden):
        return
    if rule.label != row.label:
        predicate = on_subject(writing, row, rule)
    else:
        predicate = seen(writing, rule, row.variable) if row.release is None else _at_its_levels(writing, row, rule)
    ids = (
        f"COLLECT {{ {' '.join(row.trail)} WITH DISTINCT {row.variable} WHERE NOT ({predicate}) "
        f"RETURN {row.variable}.id {f'ORDER BY {row.variable}.id LIMIT {MOST_MARKED}' if named else 'LIMIT 1'} }}"
    )
    writing.hidden.append(Hidden(path, rule.name, ids, named, row.trail))
