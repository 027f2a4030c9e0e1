"""Which rules hide cells of a field, and where to look for the rows concerned."""

from api.binding import Member, Needs
from api.compiler.cells import cell_rules, hide
from api.compiler.rows import Row
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


def _rules(writing: Writing, need: Needs) -> list[Rule]:
    permissions = writing.permissions
    if need.release is None:
        return list(permissions.rules(permissions.verdict(need.label, need.property, need.verb).rules))
    levels = permissions.levels(need.release, need.levels) if need.levels else permissions.levels(need.release)
    return [rule for verdict in levels.values() for rule in permissions.rules(verdict.rules)]


def note_hidden_cells(writing: Writing, row: Row, names: list[str]) -> None:
    """Remember the rules that may make one of the selected columns null."""
    declared = properties(row.label)
    confidential = [name for name in names if declared[name].sensitivity >= Sensitivity.CONFIDENTIAL]
    if not confidential or row.decided:
        return
    if row.release is not None:
        rules = {rule.name: rule for level in row.levels for rule in cell_rules(writing, row, level)}
        for rule in rules.values():
            hide(writing, row, row.path, rule)
        return
    met = writing.permissions.row_rules(row.label)
    for name in confidential:
        if declared[name].data_class is DataClass.PREDICTION:
            continue
        for rule in writing.permissions.rules(writing.permissions.verdict(row.label, name).rules):
            if rule.label == row.label and rule not in met and rule.hides is Hides.CELL:
                hide(writing, row, (*row.path, name), rule)
