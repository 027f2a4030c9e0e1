"""Which rules hide cells of a field or what hangs on them, and where to look for the rows concerned."""

from dataclasses import replace

from api.binding import BINDINGS, Member, Needs
from api.compiler.cells import cell_rules, hide, subject_rules_of
from api.compiler.links import LINKS
from api.compiler.rows import Row, Scope
from api.compiler.rules import narrowed, seen
from api.compiler.writing import Writing
from graph.governance.policy import Hides, Rule
from graph.schema.catalogue import properties
from graph.schema.core import DataClass, Sensitivity


def rules_on_parent(writing: Writing, row: Row, member: Member) -> list[Rule]:
    """The rules about the parent itself under which a link may be followed and that its existence does not meet."""
    if row.release is not None:
        return []  # the pattern that bound the prediction has met the rules about its subject
    met = writing.permissions.row_rules(row.label)
    found: dict[str, Rule] = {}
    for need in member.needs:
        for rule in _rules(writing, need):
            if rule.label == row.label and rule not in met:
                found[rule.name] = rule
    return list(found.values())


def related(writing: Writing, row: Row, link: tuple[str, str]) -> Scope:
    """What a condition or a sort key finds behind a link: nothing where a selection would show nothing."""
    scope = LINKS[link](writing, row, {}, row.path)
    type_name, field_name = link
    rules = rules_on_parent(writing, row, BINDINGS[type_name].members[field_name])
    met = [seen(writing, rule, row.variable) for rule in rules]
    return replace(scope, lines=tuple(narrowed(scope.lines, scope.row.variable, met)))


def _rules(writing: Writing, need: Needs) -> list[Rule]:
    permissions = writing.permissions
    if need.release is None:
        return list(permissions.rules(permissions.verdict(need.label, need.property, need.verb).rules))
    levels = permissions.levels(need.release, need.levels) if need.levels else permissions.levels(need.release)
    return [rule for verdict in levels.values() for rule in permissions.rules(verdict.rules)]


def note_hidden_cells(writing: Writing, row: Row, columns: list[tuple[str, str]], *, named: bool = True) -> None:
    """Remember the rules that may make one of the selected columns null; each comes with its response name."""
    declared = properties(row.label)
    confidential = [entry for entry in columns if declared[entry[1]].sensitivity >= Sensitivity.CONFIDENTIAL]
    if not confidential or row.decided:
        return
    if row.release is not None:
        rules = {rule.name: rule for level in row.levels for rule in cell_rules(writing, row, level)}
        for rule in rules.values():
            hide(writing, row, row.path, rule, named=named)
        for response, name in confidential:
            if declared[name].data_class is not DataClass.PREDICTION:
                for rule in subject_rules_of(writing, row, name):
                    hide(writing, row, (*row.path, response), rule, named=named)
        return
    met = writing.permissions.row_rules(row.label)
    for response, name in confidential:
        if declared[name].data_class is DataClass.PREDICTION:
            continue
        for rule in writing.permissions.rules(writing.permissions.verdict(row.label, name).rules):
            if rule.label == row.label and rule not in met and rule.hides is Hides.CELL:
                hide(writing, row, (*row.path, response), rule, named=named)
