"""What changed about an entity, and where its values come from, as far as the caller may read the values themselves.

A change carries the data classes of its value: it is shown when the caller may read all of them for its label, as
values, and the rules that come with these grants are met. Lineage names only properties that the caller may read.
"""

from collections import defaultdict
from collections.abc import Iterable

from api.compiler.cells import SINGLE, hide
from api.compiler.patterns import Arguments, Link, leaf, texts
from api.compiler.rows import Path, Row, Scope
from api.compiler.rules import at_end, seen, where
from api.compiler.writing import Writing
from graph.governance.policy import Hides, Rule
from graph.schema.catalogue import NODES, RELS
from graph.schema.core import DataClass
from graph.schema.prediction import RELEASES

OF_HCP = {"hcp": "NULL", "hcp_plan": "NOT NULL"}
"""Levels of predictions about an HCP, and whether their changes have another end: the plan."""


def what_changed(label: str, *also: str) -> Link:
    """Changes of the parent's properties and of the relationships that start at it, newest first.

    ``also`` are relationship types of which changes count for the end as well; neither end may be a person.
    """

    def link(writing: Writing, parent: Row, arguments: Arguments, path: Path) -> Scope:
        change = writing.name("change")
        mine = f"{change}.entityId = {parent.variable}.id"
        if also:
            listed = texts(also)
            mine = f"({mine} OR ({change}.otherId = {parent.variable}.id AND {change}.label IN {listed}))"
        since = [f"{change}.recordedOn >= {writing.parameter(leaf(arguments['since']))}"]
        if "until" in arguments:
            since.append(f"{change}.recordedOn <= {writing.parameter(leaf(arguments['until']))}")
        readable = _readable(writing, parent, path, change, label, also)
        lines = [f"MATCH ({change}:Change)", *where([mine, *since, readable])]
        limit = writing.parameter(leaf(arguments["first"]))
        row = Row(change, "Change", path, (*parent.trail, *lines), decided=True)
        order = (f"{change}.recordedOn DESC", f"{change}.knownAt DESC", f"{change}.id")
        return Scope(row, tuple(lines), order, limit)

    return link


def _readable(writing: Writing, parent: Row, path: Path, change: str, label: str, also: tuple[str, ...]) -> str:
    """The predicate under which a change may be seen: one alternative per set of classes and rules."""
    alternatives: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    starting = [rel.type for rel in RELS.values() if rel.logged and any(start == label for start, _ in rel.ends)]
    for name in (label, *starting, *also):
        classes, rules = _granted(writing, name, label)
        others = _others(writing, name, label, change)
        if classes:
            hidden = [rule for rule in rules if rule.hides is Hides.CELL]
            for rule in hidden:
                hide(writing, parent, path, rule)
            met = tuple(dict.fromkeys([*(seen(writing, rule, parent.variable) for rule in rules), *others]))
            alternatives[tuple(classes), met].append(name)
    options = []
    for (allowed_classes, met), names in alternatives.items():
        of_these = f"{change}.label IN {texts(names)}"
        options.append(f"({' AND '.join([of_these, _allowed(change, allowed_classes), *met])})")
    options += _predictions(writing, parent, path, change, label)
    return f"({' OR '.join(options)})" if options else "false"


def _allowed(change: str, classes: Iterable[str]) -> str:
    return f"all(class IN {change}.dataClasses WHERE class IN {texts(classes)})"


def _predictions(writing: Writing, parent: Row, path: Path, change: str, label: str) -> list[str]:
    """Alternatives for what models said about the parent: where the caller may read the value and all its inputs.

    A change of a prediction under a plan names the plan as its other end. Subjects other than an HCP have aggregates,
    of which no caller sees single changes.
    """
    if label != "HCP":
        return []
    options = []
    met = writing.permissions.row_rules(label)
    for release in RELEASES:
        for level, verdict in writing.permissions.levels(release, tuple(OF_HCP)).items():
            rules = [rule for rule in writing.permissions.rules(verdict.rules) if rule not in met]
            if verdict.form not in SINGLE or any(rule.label != label for rule in rules):
                continue
            for rule in rules:
                if rule.hides is Hides.CELL:
                    hide(writing, parent, path, rule)
            predicates = [
                f"{change}.label = 'Prediction'",
                f"{change}.otherId IS {OF_HCP[level]}",
                f"'{release.value}' IN {change}.dataClasses",
                _allowed(change, writing.permissions.readable_classes(level, verdict.form)),
                *(seen(writing, rule, parent.variable) for rule in rules),
            ]
            options.append(f"({' AND '.join(predicates)})")
    return options


def _granted(writing: Writing, name: str, label: str) -> tuple[list[str], list[Rule]]:
    """The data classes that may be read as values of a label or relationship type, with rules not yet met.

    A class whose rules speak of a label other than the parent's is left out: nothing here could check them.
    """
    permissions = writing.permissions
    met = permissions.row_rules(label)
    declared = NODES[name].props if name in NODES else RELS[name].props
    own = [prop.data_class for prop in declared.values()] + ([RELS[name].data_class] if name in RELS else [])
    classes, open_rules = [], list[Rule]()
    for data_class in dict.fromkeys(own):
        verdict = permissions.class_verdict(data_class, name, None)
        rules = [rule for rule in permissions.rules(verdict.rules) if rule not in met]
        if verdict.form in SINGLE and all(rule.label == label for rule in rules):
            classes.append(data_class.value)
            open_rules += rules
    return classes, list(dict.fromkeys(open_rules))


def _others(writing: Writing, name: str, label: str, change: str) -> list[str]:
    """What the other end of a relationship must meet to exist for the caller."""
    if name in NODES:
        return []
    found = []
    for end in sorted({end for start, end in RELS[name].ends if start == label}):
        other = writing.name("other")
        if rules := at_end(writing, name, end, other):
            found.append(f"EXISTS {{ MATCH ({other}:{end} {{id: {change}.otherId}}) WHERE {' AND '.join(rules)} }}")
    return found


def origins(writing: Writing, row: Row) -> tuple[str, dict[str, str]]:
    """Lines that bind an origin of the row's values, and its fields as expressions."""
    parts, run, loaded, names = (writing.name(stem) for stem in ("parts", "run", "loaded", "names"))
    readable = texts([name for name in NODES[row.label].props if _may_read(writing, row.label, name)])
    given = (
        f"[name IN {readable} WHERE {row.variable}[name] IS NOT NULL "
        f"AND ({parts}[3] = '*' OR name IN split({parts}[3], ','))]"
    )
    lines = (
        f"UNWIND coalesce({row.variable}.lineage, []) AS {parts}Text "
        f"WITH {row.variable}, split({parts}Text, '|') AS {parts} "
        f"WITH {parts}, {given} AS {names} WHERE size({names}) > 0 "
        f"OPTIONAL MATCH ({run}:RefreshRun {{id: {parts}[2]}}) "
        f"OPTIONAL MATCH ({run})-[{loaded}:LOADED]->(:Source {{name: {parts}[0]}})"
    )
    at = f"last(split({parts}[1], ':'))"
    file = f"CASE WHEN {parts}[1] <> '' THEN left({parts}[1], size({parts}[1]) - size({at}) - 1) END"
    return lines, {
        "source": f"{parts}[0]",
        "file": file,
        "row": f"CASE WHEN {parts}[1] <> '' THEN toInteger({at}) END",
        "run": f"{parts}[2]",
        "deliveredOn": f"toString({run}.deliveredOn)",
        "mappingVersion": f"{loaded}.mappingVersion",
        "properties": names,
    }


def _may_read(writing: Writing, label: str, name: str) -> bool:
    """Whether the caller may read a property as a value, with no rule on top that could hide it."""
    if NODES[label].props[name].data_class is DataClass.LINEAGE:
        return False
    verdict = writing.permissions.verdict(label, name)
    met = writing.permissions.row_rules(label)
    return verdict.form in SINGLE and all(rule in met for rule in writing.permissions.rules(verdict.rules))
