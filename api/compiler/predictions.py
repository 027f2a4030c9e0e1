"""How predictions and their reasons are reached: by release, granted level and subject."""

from api.compiler.cells import number_visible
from api.compiler.patterns import Arguments, Link, leaf, product_lines, texts
from api.compiler.rows import Path, Row, Scope
from api.compiler.rules import anchored, exists, seen, where
from api.compiler.writing import Writing
from graph.governance.policy import Hides
from graph.schema.core import DataClass, SchemaError
from graph.schema.prediction import SUBJECTS


def released(variable: str, release: DataClass, levels: list[str]) -> list[str]:
    """The prediction belongs to the task, was released under its class, and has a granted level."""
    return [
        f"{variable}.task = '{release.value}'",
        f"{variable}.dataClass = '{release.value}'",
        f"{variable}.level IN {texts(levels)}",
    ]


def subject_rules(writing: Writing, release: DataClass, level: str) -> list[str]:
    """Names of the rules that a prediction's subject must meet, beyond those that make it exist."""
    verdict = writing.permissions.levels(release)[level]
    label = SUBJECTS[level]
    met = writing.permissions.row_rules(label)
    return [rule.name for rule in writing.permissions.rules(verdict.rules) if rule.label == label and rule not in met]


def prediction_of(label: str, release: DataClass, *levels: str) -> Link:
    """The prediction about the parent for a product; rules about the parent are met or hide the whole field."""
    for level in levels:
        if SUBJECTS[level] != label:
            raise SchemaError(f"predictions at level {level!r} are not about {label!r}")

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
        found, product = writing.name("prediction"), writing.name("product")
        granted = list(writing.permissions.levels(release, levels))
        lines = [
            *product_lines(writing, product, arguments["product"]),
            f"MATCH ({parent.variable})<-[:ABOUT]-({found}:Prediction)-[:FOR]->({product})",
            *where(released(found, release, granted)),
        ]
        if "plan" in arguments:
            plan, given = writing.name("plan"), writing.parameter(leaf(arguments["plan"]))
            lines += [
                f"MATCH ({found})-[:UNDER]->({plan}:Plan)",
                f"WHERE {plan}.id = {given} OR {plan}.planKey = {given}",
            ]
        row = Row(found, "Prediction", path, (*parent.trail, *lines), release, tuple(granted))
        return Scope(row, tuple(lines), (f"{found}.expectedStarts DESC", f"{found}.id"), "1")

    return link


def overrides(release: DataClass, level: str) -> Link:
    """What people said against predictions about an HCP: read under the release and level of what they spoke of."""

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
        found, product = writing.name("override"), writing.name("product")
        lines = [
            *product_lines(writing, product, arguments["product"]),
            f"MATCH ({parent.variable})<-[:ABOUT]-({found}:Override)-[:FOR]->({product})",
            f"WHERE {found}.task = '{release.value}'",
        ]
        row = Row(found, "Override", path, (*parent.trail, *lines), release, (level,))
        limit = writing.parameter(leaf(arguments["first"]))
        return Scope(row, tuple(lines), (f"{found}.madeOn DESC", f"{found}.id"), limit)

    return link


def payer_mix(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    """The predictions of an HCP under its plans, largest number of expected starts first, with their sum."""
    total, one, every = (writing.name(stem) for stem in ("total", "one", "every"))
    found, product = writing.name("prediction"), writing.name("product")
    about = f"({parent.variable})<-[:ABOUT]-"
    of_level = released(found, DataClass.ACCESS_FRICTION, ["hcp_plan"])
    summed = (
        f"reduce(sum = 0.0, {one} IN COLLECT {{ MATCH {about}({every}:Prediction)-[:FOR]->({product}) "
        f"WHERE {' AND '.join(released(every, DataClass.ACCESS_FRICTION, ['hcp_plan']))} "
        f"RETURN {every}.expectedStarts }} | sum + coalesce({one}, 0.0))"
    )
    lines = [
        *product_lines(writing, product, arguments["product"]),
        f"MATCH {about}({found}:Prediction)-[:FOR]->({product})",
        *where(of_level),
        f"WITH {found}, {summed} AS {total}",
    ]
    row = Row(
        found,
        "Prediction",
        path,
        (*parent.trail, *lines),
        DataClass.ACCESS_FRICTION,
        ("hcp_plan",),
        beside={"total": total},
    )
    limit = writing.parameter(leaf(arguments["first"]))
    return Scope(row, tuple(lines), (f"{found}.expectedStarts DESC", f"{found}.id"), limit)


def predictions(release: DataClass) -> Link:
    """Every prediction of a release for a product whose level is granted and whose subject exists for the caller.

    A prediction whose subject's cells are hidden would have nothing to show: it is left out.
    """

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:  # noqa: ARG001
        found, product = writing.name("prediction"), writing.name("product")
        granted = list(writing.permissions.levels(release))
        branches: dict[tuple[str, ...], list[str]] = {}
        for level in granted:
            label = SUBJECTS[level]
            ruled = bool(writing.permissions.row_rules(label) or subject_rules(writing, release, level))
            rules = (label, *subject_rules(writing, release, level)) if ruled else ()
            branches.setdefault(rules, []).append(level)
        options = [_branch(writing, found, product, release, levels, rules) for rules, levels in branches.items()]
        lines = product_lines(writing, product, arguments["product"])
        union = " UNION ".join(" ".join([*text, f"RETURN {found}"]) for text in options)
        lines += [f"CALL ({product}) {{ {union} }}"]
        row = Row(found, "Prediction", path, tuple(lines), release, tuple(granted))
        return Scope(row, tuple(lines), (f"{found}.id",), None)

    return link


def _branch(
    writing: Writing, found: str, product: str, release: DataClass, levels: list[str], rules: tuple[str, ...]
) -> list[str]:
    """Predictions at levels whose subjects share the same rules."""
    about = released(found, release, levels)
    if not rules:
        return [f"MATCH ({found}:Prediction)-[:FOR]->({product})", *where(about)]
    label, *names = rules
    subject = writing.name("subject")
    predicates = [seen(writing, rule, subject) for rule in writing.permissions.rules(tuple(names))]
    return [
        *anchored(writing, label, subject),
        f"MATCH ({subject})<-[:ABOUT]-({found}:Prediction)-[:FOR]->({product})",
        *where([*about, *predicates]),
    ]


def drivers(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
    """Reasons whose data classes are all readable at the prediction's level, with evidence that exists for the caller.

    Within an aggregate, classes granted as aggregates may be spoken of, but not of a single prescriber.
    """
    because, evidence = writing.name("because"), writing.name("evidence")
    verdicts = writing.permissions.levels(parent.release, parent.levels) if parent.release is not None else {}
    predicates = []
    for level, verdict in verdicts.items():
        classes = texts(writing.permissions.readable_classes(level, verdict.form))
        on_person = SUBJECTS[level] == "HCP"
        predicates.append(
            f"({parent.variable}.level = '{level}' AND all(name IN {because}.dataClasses WHERE name IN {classes})"
            + ("" if on_person else f" AND NOT {evidence}:HCP")
            + ")"
        )
    for label in sorted({"CoveragePolicy", "Plan", "Payer", "Account", "HCP"}):
        rules = [*exists(writing, label, evidence), *_hiding(writing, label, evidence)]
        if rules:
            predicates.append(f"(NOT {evidence}:{label} OR ({' AND '.join(rules)}))")
    split = len(verdicts)
    lines = [
        f"MATCH ({parent.variable})-[{because}:BECAUSE]->({evidence})",
        *where(
            [
                *number_visible(writing, parent),
                f"size({because}.dataClasses) > 0",
                f"({' OR '.join(predicates[:split])})",
                *predicates[split:],
            ]
        ),
    ]
    limit = writing.parameter(leaf(arguments["first"]))
    row = Row(because, "BECAUSE", path, (*parent.trail, *lines), beside={"evidence": evidence}, decided=True)
    return Scope(row, tuple(lines), (f"{because}.rank",), limit)


def _hiding(writing: Writing, label: str, variable: str) -> list[str]:
    """Predicates that exclude nodes of a label whose cells some rule hides from the caller."""
    return [
        seen(writing, rule, variable)
        for rule in writing.permissions.policy.rules_of(writing.permissions.role)
        if rule.label == label and rule.hides is Hides.CELL
    ]
